# The headline job in R survey: calibrate(raking), svyby and svymean; 108 estimates. Reads CSV, prints seconds and peak
# memory, writes estimates and standard errors. Usage: Rscript headline.R data.csv margins.csv out.csv
suppressPackageStartupMessages(library(survey))
arguments <- commandArgs(trailingOnly = TRUE)
people <- read.csv(arguments[1], stringsAsFactors = TRUE)
margins <- read.csv(arguments[2], stringsAsFactors = FALSE)
items <- grep("^item", names(people), value = TRUE)
total <- function(margin) setNames(margins$total[margins$margin == margin], margins$category[margins$margin == margin])
population <- c("(Intercept)" = sum(total("town")))
for (margin in c("sexage", "town", "edu")) {
  totals <- total(margin)[levels(people[[margin]])]
  population <- c(population, setNames(totals[-1], paste0(margin, names(totals)[-1])))
}

invisible(gc(reset = TRUE))
started <- proc.time()[["elapsed"]]
drawn <- svydesign(ids = ~psu, strata = ~stratum, weights = ~w, data = people)
raked <- calibrate(drawn, ~ sexage + town + edu, population = population, calfun = "raking", epsilon = 1e-10, maxit = 100)
kept <- function(indicator, domain, names, found) {
  limits <- confint(found, df = degf(raked))
  data.frame(indicator, domain, name = names, est = as.numeric(coef(found)), se = as.numeric(SE(found)),
             lower = limits[, 1], upper = limits[, 2])
}
results <- list()
for (indicator in c("aware", "satisfaction")) {
  formula <- as.formula(paste0("~", indicator))
  results[[length(results) + 1]] <- kept(indicator, "", "", svymean(formula, raked, na.rm = TRUE))
  for (domain in c("town", "sexage")) {
    found <- svyby(formula, as.formula(paste0("~", domain)), raked, svymean, na.rm = TRUE)
    results[[length(results) + 1]] <- kept(indicator, domain, as.character(found[[domain]]), found)
  }
}
found <- svymean(as.formula(paste("~", paste(items, collapse = "+"))), raked)
results[[length(results) + 1]] <- kept(items, "", "", found)
seconds <- proc.time()[["elapsed"]] - started
peak <- sum(gc()[, 6])
write.csv(do.call(rbind, results), arguments[3], row.names = FALSE)
cat(sprintf("%.3f %.0f\n", seconds, peak))
