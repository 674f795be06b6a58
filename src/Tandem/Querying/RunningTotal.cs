using Tandem.Records;

namespace Tandem.Querying;

/// <summary>Numbers added up one after the other: exactly as decimals, as doubles where one of them is or the sum outgrows a decimal.</summary>
internal struct RunningTotal
{
    private decimal _exact;
    private double _rough;
    private bool _isRough;

    /// <summary>How many numbers were added.</summary>
    public long Count { get; private set; }

    /// <summary>The least number, or null.</summary>
    public object? Least { get; private set; }

    /// <summary>The greatest number, or null.</summary>
    public object? Greatest { get; private set; }

    /// <summary>The sum, or null when nothing was added.</summary>
    public readonly object? Sum => Count == 0 ? null : _isRough ? _rough : _exact;

    /// <summary>Adds a number; what is none is passed over.</summary>
    public void Add(object? value)
    {
        if (value is not (long or decimal or double))
        {
            return;
        }

        Count++;
        Least = Least is null || Values.Compare(value, Least) < 0 ? value : Least;
        Greatest = Greatest is null || Values.Compare(value, Greatest) > 0 ? value : Greatest;
        Accumulate(value);
    }

    /// <summary>A sum divided by a count, or null.</summary>
    public static object? Average(object? sum, long count) => count == 0 ? null : sum switch
    {
        decimal exact => exact / count,
        double rough => rough / count,
        _ => null,
    };

    private void Accumulate(object value)
    {
        if (!_isRough && value is not double)
        {
            try
            {
                _exact += value is long whole ? whole : (decimal)value;
                return;
            }
            catch (OverflowException)
            {
                // Too large for a decimal: from here on the sum is as good as a double.
            }
        }

        (_rough, _isRough) = ((_isRough ? _rough : (double)_exact) + (value switch { long whole => whole, decimal exact => (double)exact, _ => (double)value }), true);
    }
}
