using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tandem.Live.Views;

/// <summary>Finds the prefixes that a text begins with: one look-up for each length in use. Not safe for several threads at once.</summary>
internal sealed class PrefixIndex<T>
    where T : class
{
    private readonly Table _exact = new(StringComparer.Ordinal);
    private readonly Table _anyCase = new(StringComparer.OrdinalIgnoreCase);

    public void Add(string prefix, bool ignoreCase, T item) => (ignoreCase ? _anyCase : _exact).Add(prefix, item);

    public void Remove(string prefix, bool ignoreCase, T item) => (ignoreCase ? _anyCase : _exact).Remove(prefix, item);

    public void Find(string text, List<T> found)
    {
        _exact.Find(text, found);
        _anyCase.Find(text, found);
    }

    private sealed class Table(StringComparer comparer)
    {
        private readonly Dictionary<string, Bag<T>> _byPrefix = new(comparer);
        private readonly SortedDictionary<int, int> _lengths = [];

        public void Add(string prefix, T item)
        {
            ref var items = ref CollectionsMarshal.GetValueRefOrAddDefault(_byPrefix, prefix, out var isKnown);
            items.Add(item);
            if (!isKnown)
            {
                _lengths[prefix.Length] = _lengths.GetValueOrDefault(prefix.Length) + 1;
            }
        }

        public void Remove(string prefix, T item)
        {
            ref var items = ref CollectionsMarshal.GetValueRefOrNullRef(_byPrefix, prefix);
            if (!Unsafe.IsNullRef(ref items) && items.Remove(item) && items.IsEmpty)
            {
                _byPrefix.Remove(prefix);
                if (--_lengths[prefix.Length] == 0)
                {
                    _lengths.Remove(prefix.Length);
                }
            }
        }

        public void Find(string text, List<T> found)
        {
            var lookup = _byPrefix.GetAlternateLookup<ReadOnlySpan<char>>();
            foreach (var length in _lengths.Keys)
            {
                if (length > text.Length)
                {
                    return;
                }

                if (lookup.TryGetValue(text.AsSpan(0, length), out var items))
                {
                    items.AddTo(found);
                }
            }
        }
    }
}
