# What R survey makes of random designs. Usage: Rscript against_r.R FOLDER; reads design-*.csv, writes found.csv.
suppressPackageStartupMessages(library(survey))
folder <- commandArgs(trailingOnly = TRUE)[1]
found <- data.frame()
keep <- function(design, name, value) found <<- rbind(found, data.frame(design, name, value = as.numeric(value)))
keep_statistic <- function(design, name, statistic) {
  keep(design, paste0(name, ".est"), coef(statistic))
  keep(design, paste0(name, ".se"), SE(statistic))
}
totals <- function(people, margins) {
  population <- c("(Intercept)" = sum(margins$total[margins$margin == "a"]))
  for (margin in c("a", "b")) {
    known <- setNames(margins$total[margins$margin == margin], margins$category[margins$margin == margin])
    known <- known[levels(people[[margin]])][-1]
    population <- c(population, setNames(known, paste0(margin, names(known))))
  }
  population
}
for (file in sort(list.files(folder, "^design-"))) {
  number <- sub("design-(.*)\\.csv", "\\1", file)
  people <- read.csv(file.path(folder, file))
  people$a <- factor(people$a)
  people$b <- factor(people$b)
  margins <- read.csv(file.path(folder, paste0("margins-", number, ".csv")))
  fpc <- if (all(people$N > 0)) ~N else NULL
  drawn <- svydesign(ids = ~psu, strata = ~stratum, weights = ~w, fpc = fpc, data = people, nest = TRUE)
  designs <- list(base = drawn)
  for (way in c("raking", "linear")) {
    designs[[way]] <- calibrate(drawn, ~ a + b, totals(people, margins), calfun = way, epsilon = 1e-12, maxit = 200)
  }
  for (name in names(designs)) {
    design <- designs[[name]]
    label <- function(what) paste(name, what, sep = ".")
    keep_statistic(number, label("mean"), svymean(~y, design, na.rm = TRUE))
    keep_statistic(number, label("total"), svytotal(~y, design, na.rm = TRUE))
    keep_statistic(number, label("share"), svymean(~p, design))
    keep_statistic(number, label("ratio"), svyratio(~p, ~x, design))
    keep_statistic(number, label("domains"), svyby(~p, ~a, design, svymean))
    for (method in c("mean", "asin", "xlogit")) {
      keep(number, paste0(label("interval."), method), confint(svyciprop(~p, design, method = method)))
    }
  }
  keep(number, "base.interval.beta", confint(svyciprop(~p, drawn, method = "beta")))
  keep(number, "base.independence", svychisq(~ p + a, drawn, statistic = "F")$p.value)
}
write.csv(found, file.path(folder, "found.csv"), row.names = FALSE)
