namespace Tandem.Live.Views;

/// <summary>Finds the prefixes that a text begins with: one look-up for each length in use. Not safe for several threads at once.</summary>
internal sealed class PrefixIndex<T>
    where T : class
{
    private readonly Table _exact = new(StringComparer.Ordinal);
    private readonly Table _anyCase = new(StringComparer.OrdinalIgnoreCase);

    public void Add(string prefix, bool ignoreCase, T item) => (ignoreCase ? _anyCase : _exact).Add(prefix, item);

    public void Remove(string prefix, bool ignoreCase, T item) => (ignoreCase ? _anyCase : _exact).Remove(prefix, item);

    public void Find(string text, HashSet<T> found)
    {
        _exact.Find(text, found);
        _anyCase.Find(text, found);
    }

    private sealed class Table(StringComparer comparer)
    {
        private readonly Dictionary<string, HashSet<T>> _byPrefix = new(comparer);
        private readonly SortedDictionary<int, int> _lengths = [];

        public void Add(string prefix, T item)
        {
            if (!_byPrefix.TryGetValue(prefix, out var items))
            {
                _byPrefix.Add(prefix, items = []);
                _lengths[prefix.Length] = _lengths.GetValueOrDefault(prefix.Length) + 1;
            }

            items.Add(item);
        }

        public void Remove(string prefix, T item)
        {
            if (_byPrefix.TryGetValue(prefix, out var items) && items.Remove(item) && items.Count == 0)
            {
                _byPrefix.Remove(prefix);
                if (--_lengths[prefix.Length] == 0)
                {
                    _lengths.Remove(prefix.Length);
                }
            }
        }

        public void Find(string text, HashSet<T> found)
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
                    found.UnionWith(items);
                }
            }
        }
    }
}
