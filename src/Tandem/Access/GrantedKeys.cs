using System.Globalization;

namespace Tandem.Access;

/// <summary>Keys with bits. Most keys are numbers, which are kept as such; a key without bits is not kept.</summary>
internal sealed class GrantedKeys
{
    private Dictionary<long, int>? _numbers;
    private Dictionary<string, int>? _texts;

    public bool IsEmpty => _numbers is not { Count: > 0 } && _texts is not { Count: > 0 };

    public IEnumerable<(string Key, int Bits)> All =>
        (_numbers ?? []).Select(n => (n.Key.ToString(CultureInfo.InvariantCulture), n.Value)).Concat((_texts ?? []).Select(t => (t.Key, t.Value)));

    public int this[string key]
    {
        get => IsNumber(key, out var number) ? _numbers?.GetValueOrDefault(number) ?? 0 : _texts?.GetValueOrDefault(key) ?? 0;
        set
        {
            if (IsNumber(key, out var number))
            {
                Set(_numbers ??= [], number, value);
            }
            else
            {
                Set(_texts ??= new(StringComparer.Ordinal), key, value);
            }
        }
    }

    private static void Set<TKey>(Dictionary<TKey, int> keys, TKey key, int bits)
        where TKey : notnull
    {
        if (bits == 0)
        {
            keys.Remove(key);
        }
        else
        {
            keys[key] = bits;
        }
    }

    /// <summary>Whether a text is a number's only spelling: "07" and "7" are two keys of a table of texts.</summary>
    private static bool IsNumber(string key, out long number) =>
        long.TryParse(key, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number) && number.ToString(CultureInfo.InvariantCulture) == key;
}
