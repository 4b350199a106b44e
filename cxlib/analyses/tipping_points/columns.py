"""The columns of the tipping points notebook: heading, style and meaning."""

from cxlib.analyses.columns import Column
from cxlib.analyses.units import Unit

# fmt: off
COLUMNS = (
    Column("mean", "Mean", "mean", "Mean of the answers on their own scale."),
    Column("service", "Service level", "text", "The service level, such as waiting time."),
    Column("measured_in", "Unit", "term", "What the service level is measured in."),
    Column("point", "Tipping point", "points", "Where the answers break."),
    Column("second_point", "Second point", "points", "Where they break once more."),
    Column("middle", "Service level, mean", "points", "Mean service level of the answers in the stretch."),
    Column("ceiling", "Best answer", "percent", "Share that gives the best answer of the scale."),
    Column("abandoned", "Gave up", "percent", "Share that gave up before being served."),
    Column("x", "Value", "general", "The service level that the curve is given for.", of=("tipping_points.curve",)),
    Column("fitted", "Best curve", "mean", "The curve that describes the answers best."),
    Column("beyond", "Answers beyond it", "percent", "Share of the answers beyond the point."),
    Column("findable_step", "Smallest drop that would be found", "mean", "The smallest sudden drop that four out of five such surveys would find."),
    Column("findable_kink", "Smallest bend that would be found", "mean", "The smallest bend, measured by what it costs in the worst cases, that four out of five would find."),
    Column("stretch", "Where", "term", "Which part of the scale the slope holds for."),
    Column("per", "Per", "term", "The unit that the slope is given for."),
    Column("per_unit", "Points", "precise", "Points of the outcome per unit of the service level."),
    Column("parameters", "Parameters", "count", "How many figures the curve needs."),
    Column("behind", "Worse than the best by (BIC)", "points", "How much worse the curve fits than the best one; 10 is a clear difference."),
    Column("promise", "Limit at", "points", "The limit that the service level would be kept within."),
    Column("affected", "Answers affected", "count", "Answers that lie beyond the limit today."),
    Column("mean_gain", "Average gain", "signed", "How much keeping the limit would raise the mean of all answers."),
    Column("held", "Cases", "term", "Whether cases are compared as they are or with their mix held constant."),
    Column("counted_as", "Answers counted as", "term", "How the answers are turned into a figure."),
    Column("customers", "Customers", "count", "Customers found in both the contacts and the customer data.", of=("worth",)),
    Column("point_loss", "Difference, points", "signed", "How much the outcome changes beyond the point."),
    Column("link", "Loyalty", "term", "What the customers' loyalty is measured by."),
    Column("per_point", "Percentage points per point", Unit.PERCENT.signed_ends, "How much loyalty changes per point of the outcome."),
    Column("loyalty_effect", "Effect, percentage points", Unit.PERCENT.signed_ends, "What the point costs in loyalty."),
)
# fmt: on
