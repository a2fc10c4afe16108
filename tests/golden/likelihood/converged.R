# Likelihood intervals of R survey, run until they no longer move: the fit to 1e-15 and the profile in steps of a
# thousandth of a standard error, where svyciprop(method = "likelihood") takes a fifth of the way and a straight line.
# Usage, from this folder: Rscript converged.R > converged.json
suppressPackageStartupMessages(library(survey))
read <- function(name) read.csv(file.path("..", "oracles", "inputs", paste0(name, ".csv")))
converged <- function(variable, design) {
  fitted <- svyglm(as.formula(paste(variable, "~ 1")), design, family = quasibinomial, control = list(epsilon = 1e-15, maxit = 200))
  limits <- confint(fitted, 1, method = "likelihood", ddf = degf(design), del = 0.001, maxsteps = 1e6)
  plogis(as.numeric(limits))
}
synth <- read("synth_shared")
places <- list(
  s1 = svydesign(ids = ~psu, strata = ~stratum, weights = ~w, data = synth, nest = TRUE),
  s2 = svydesign(ids = ~psu, strata = ~stratum, weights = ~w, fpc = ~N1, data = synth, nest = TRUE),
  s3 = svydesign(ids = ~ psu + ssuid, strata = ~stratum, weights = ~w, fpc = ~ N1 + N2, data = synth, nest = TRUE)
)
api <- function(name, ...) svydesign(..., data = transform(read(name), schwide = as.numeric(sch.wide == "Yes")))
schools <- list(
  apisrs = api("apisrs", ids = ~1, weights = ~pw, fpc = ~fpc),
  apistrat = api("apistrat", ids = ~1, strata = ~stype, weights = ~pw, fpc = ~fpc),
  apiclus1 = api("apiclus1", ids = ~dnum, weights = ~pw, fpc = ~fpc),
  apiclus2 = api("apiclus2", ids = ~ dnum + snum, fpc = ~ fpc1 + fpc2),
  apiclus2_wr = api("apiclus2", ids = ~dnum, weights = ~pw)
)
margins <- c("(Intercept)" = 11824, sexM = 5602.56749577326, "age35-54" = 4722.86294015818, "age55+" = 2871.54610534403,
  edulow = 3285.66238385935, edumid = 5896.39708582628)
crossed <- data.frame(
  sex = c("F", "M"), age = rep(c("18-34", "35-54", "55+"), each = 2),
  Freq = c(2281.54853547069, 1539.60827465052, 2274.00736653033, 2589.543901454, 2202.38720730898, 936.904714585486)
)
single <- list(
  data.frame(sex = c("F", "M"), Freq = c(6221.43250422674, 5602.56749577326)),
  data.frame(age = c("18-34", "35-54", "55+"), Freq = c(4229.59095449779, 4722.86294015818, 2871.54610534403)),
  data.frame(edu = c("high", "low", "mid"), Freq = c(2641.94053031437, 3285.66238385935, 5896.39708582628))
)
found <- list()
for (name in names(schools)) found[[paste0(name, ".ciprop.schwide")]] <- converged("schwide", schools[[name]])
people <- svydesign(ids = ~SDMVPSU, strata = ~SDMVSTRA, weights = ~WTMEC2YR, nest = TRUE, data = read("nhanes"))
found[["nhanes.ciprop"]] <- converged("HI_CHOL", subset(people, !is.na(HI_CHOL)))
for (name in names(places)) {
  for (variable in c("aware", "near1", "item1")) {
    found[[paste(name, "ciprop", variable, sep = ".")]] <- converged(variable, places[[name]])
  }
  weighted <- function(...) calibrate(places[[name]], ~ sex + age + edu, margins, epsilon = 1e-13, maxit = 200, ...)
  ways <- list(
    cal.raking = weighted(calfun = "raking"),
    cal.linear = weighted(calfun = "linear"),
    cal.logit = weighted(calfun = "logit", bounds = c(0.5, 2)),
    cal.linear.bounded = weighted(calfun = "linear", bounds = c(0.7, 1.5)),
    ps.sexage = postStratify(places[[name]], ~ sex + age, crossed),
    rake.tight = rake(places[[name]], list(~sex, ~age, ~edu), single, control = list(maxit = 2000, epsilon = 1e-14))
  )
  for (way in names(ways)) found[[paste(name, way, sep = ".")]] <- converged("aware", ways[[way]])
}
meta <- list(survey_version = as.character(packageVersion("survey")), r_version = R.version.string)
cat(jsonlite::toJSON(list(meta = meta, cases = found), digits = NA, auto_unbox = TRUE, pretty = TRUE))
