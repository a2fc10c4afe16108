"""What Minping knows about surveys: instrument, sampling, collection, analysis, reporting. Never imports Flask."""

import os

# Estimation multiplies many vectors of some ten thousand numbers. Threads of the linear algebra library then wait for
# each other, and on a busy machine a release took forty times as long. It must be said before numpy is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
