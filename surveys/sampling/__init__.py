"""Who is asked: areas, frames, sample size, allocation, draws and the weights of the design."""
