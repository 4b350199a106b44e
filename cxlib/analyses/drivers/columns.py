"""The columns of the drivers notebook: heading, style and meaning."""

from cxlib.analyses.columns import Column
from cxlib.analyses.units import Unit

# fmt: off
COLUMNS = (
    Column("missing", "Missing", "count", "Answers that are not there."),
    Column("construct", "Area", "term", "Area, or what the areas are to explain."),
    Column("first_block", "Area", "term", "The first of the two areas compared."),
    Column("second_block", "and", "term", "The second of the two areas compared."),
    Column("questions", "Questions", "count", "How many questions the area has."),
    Column("reliability", "Reliability", "mean", "How well the area's questions hang together, 0–1; at least 0.70 is wanted."),
    Column("alpha", "Cronbach's alpha", "mean", "An older measure of the same."),
    Column("ave", "Variance shared (AVE)", "mean", "Part of the questions' differences that the area accounts for, 0–1."),
    Column("htmt", "Overlap (HTMT)", "mean", "How hard two areas are to tell apart; from about 0.90 they are one."),
    Column("loading", "Loading", "mean", "How much the question has in common with its area, −1 to 1."),
    Column("importance", "Share of what is explained", "percent", "Part of what the areas explain that falls to this one."),
    Column("rank_interval", "{level:general}% interval of the rank", "interval", "The range that holds the true figure in {level:general} of 100 samples."),
    Column("beta", "Standardised effect", "mean", "Effect in spreads of the outcome for a spread of the area."),
    Column("chance_more", "Chance that the first matters more", "percent", "Share of resamples in which the first area matters more."),
    Column("lmg", "Shapley (LMG)", Unit.PERCENT, "Importance as the mean gain over all orders of entry."),
    Column("johnson", "Relative weight (Johnson)", Unit.PERCENT, "Importance by areas that are made independent of each other."),
    Column("first", "Alone", Unit.PERCENT, "What the area explains alone."),
    Column("last", "Added last", Unit.PERCENT, "What the area adds when all others are there."),
    Column("pratt", "Pratt", Unit.PERCENT, "Effect times correlation."),
    Column("cause", "Cause", "term", "Where the arrow of the model begins."),
    Column("effect", "Effect", "term", "Where the arrow of the model ends."),
    Column("impact", "Points for a point", "signed", "Points of the outcome for a point of the area."),
    Column("r2", "Explained", "percent", "Part of the differences between customers that is explained."),
    Column("gain", "+5 points go with", "signed", "Points of the outcome that go with five points more in the area."),
    Column("potential", "Most it could give", "points", "Points of the outcome that go with all that the area lacks to 100, at most what the outcome lacks."),
    Column("reach", "Rated by", "percent", "Share of the customers who rated the area."),
    Column("findable", "Difference that would be found", "mean", "The smallest difference that four of five such surveys would find."),
    Column("odds_keep", "Odds of 7–10, times", "mean", "The odds of 7–10 where the area is 10 points higher, as a multiple of the others."),
    Column("odds_win", "Odds of 9–10, times", "mean", "The odds of 9–10 where the area is 10 points higher, as a multiple of the others."),
    Column("win", "Share of 9–10, percentage points", Unit.PERCENT.signed_ends, "How much larger the share of 9–10 is where the area is 10 points higher."),
    Column("keep", "Share of 7–10, percentage points", Unit.PERCENT.signed_ends, "How much larger the share of 7–10 is where the area is 10 points higher."),
    Column("slope_under", "A point below the middle", "signed", "Effect of a point where the area is rated below the middle."),
    Column("slope_over", "A point above the middle", "signed", "Effect of a point where the area is rated above the middle."),
    Column("kind", "Kind", "term", "Whether the area is a must, a delighter or even-sided."),
    Column("kind_chance", "Chance of that kind", "percent", "Share of resamples that give that kind."),
    Column("curve", "Course", "term", "How the effect runs along the scale."),
)
# fmt: on
