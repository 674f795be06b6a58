namespace Tandem.Live.Views;

/// <summary>
/// Numbers as doubles, to tell most of them apart without a look at the values themselves. Where two are too close for that, and
/// for whatever is no number, only the values tell.
/// </summary>
internal static class Rough
{
    /// <summary>More than converting to a double can be wrong by, and more than the 15 digits by which doubles are compared with decimals.</summary>
    private const double Error = 1e-14;

    public static double Of(object value) => value switch
    {
        long number => number,
        decimal number => (double)number,
        double number => number,
        _ => double.NaN,
    };

    /// <returns>Less or more than zero as the values behind two numbers are ordered; zero when these numbers cannot tell.</returns>
    public static int Compare(double a, double b) => Math.Abs(a - b) > Math.Abs(b) * Error ? a < b ? -1 : 1 : 0;
}
