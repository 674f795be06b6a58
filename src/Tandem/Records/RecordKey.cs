using System.Text;
using Tandem.Schema;

namespace Tandem.Records;

/// <summary>What tells one record of a table from all others: one or more values in key order. Immutable.</summary>
public sealed class RecordKey : IEquatable<RecordKey>
{
    // Most keys are of one value; they do without an array, since tables of a million records hold a million keys.
    private readonly object? _single;
    private readonly object?[]? _several;
    private readonly int _hash;

    public RecordKey(params object?[] values)
    {
        if (values is [var single])
        {
            _single = single;
            _hash = Records.Values.Hash(single);
            return;
        }

        _several = values;
        foreach (var value in values)
        {
            _hash = unchecked((_hash * 397) ^ Records.Values.Hash(value));
        }
    }

    private RecordKey(object? single, int hash) => (_single, _hash) = (single, hash);

    /// <summary>The key's values in key order.</summary>
    public IReadOnlyList<object?> Values => _several ?? [_single];

    public bool Equals(RecordKey? other)
    {
        if (ReferenceEquals(this, other))
        {
            return true;
        }

        if (other is null || _hash != other._hash)
        {
            return false;
        }

        if (_several is null || other._several is null)
        {
            return _several == other._several && Same(_single, other._single);
        }

        return _several.Length == other._several.Length && _several.Zip(other._several).All(p => Same(p.First, p.Second));
    }

    /// <summary>The key of one value.</summary>
    internal static RecordKey Of(object? single) => new(single, Records.Values.Hash(single));

    public override bool Equals(object? obj) => Equals(obj as RecordKey);

    public override int GetHashCode() => _hash;

    /// <summary>The key as addresses carry it: parts percent-encoded and joined by a comma. See <see cref="KeyText"/>.</summary>
    public override string ToString() => KeyText.Format(this);

    /// <summary>Reads a key from the form <see cref="ToString"/> gives.</summary>
    /// <returns>Whether the text is a key of that table.</returns>
    public static bool TryParse(TableSchema schema, string text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out RecordKey? key) =>
        KeyText.TryParse(schema, text, out key);

    // Most keys are numbers or texts of one type; asking for those first keeps look-ups quick.
    private static bool Same(object? a, object? b) => (a, b) switch
    {
        (long x, long y) => x == y,
        (string x, string y) => x == y,
        _ => Records.Values.Same(a, b),
    };
}
