namespace Tandem.Live.Views;

/// <summary>
/// A sorted list that tells and takes positions: a list of short sorted lists ("square-root decomposition"). With n items in
/// chunks of about 512, finding costs O(log n) comparisons, a position O(n / 512), an insertion moves at most one chunk.
/// Not safe for several threads at once.
/// </summary>
internal sealed class RankedList<T>(IComparer<T> order)
{
    private const int Full = 1024;
    private readonly List<List<T>> _chunks = [];

    public int Count { get; private set; }

    public T this[int index]
    {
        get
        {
            foreach (var chunk in _chunks)
            {
                if (index < chunk.Count)
                {
                    return chunk[index];
                }

                index -= chunk.Count;
            }

            throw new ArgumentOutOfRangeException(nameof(index));
        }
    }

    /// <summary>Items in order from an index.</summary>
    public IEnumerable<T> From(int index, int count) => _chunks.SelectMany(c => c).Skip(index).Take(count);

    /// <summary>Replaces everything by items that are sorted already.</summary>
    public void Load(IReadOnlyList<T> sorted)
    {
        _chunks.Clear();
        foreach (var chunk in sorted.Chunk(Full / 2))
        {
            var list = new List<T>(Full);
            list.AddRange(chunk);
            _chunks.Add(list);
        }

        Count = sorted.Count;
    }

    /// <summary>Adds an item.</summary>
    /// <returns>Its index.</returns>
    public int Add(T item)
    {
        Count++;
        if (_chunks.Count == 0)
        {
            _chunks.Add([item]);
            return 0;
        }

        var at = Math.Min(ChunkOf(item), _chunks.Count - 1);
        var chunk = _chunks[at];
        var place = chunk.BinarySearch(item, order);
        place = place < 0 ? ~place : place;
        chunk.Insert(place, item);
        var index = Before(at) + place;
        if (chunk.Count >= Full)
        {
            _chunks.Insert(at + 1, chunk.GetRange(Full / 2, chunk.Count - (Full / 2)));
            chunk.RemoveRange(Full / 2, chunk.Count - (Full / 2));
        }

        return index;
    }

    /// <summary>The index of an item that sorts equal; negative when there is none.</summary>
    public int IndexOf(T item)
    {
        var at = ChunkOf(item);
        if (at == _chunks.Count)
        {
            return -1;
        }

        var place = _chunks[at].BinarySearch(item, order);
        return place < 0 ? -1 : Before(at) + place;
    }

    public void RemoveAt(int index)
    {
        for (var at = 0; at < _chunks.Count; at++)
        {
            var chunk = _chunks[at];
            if (index < chunk.Count)
            {
                chunk.RemoveAt(index);
                Count--;
                if (chunk.Count == 0)
                {
                    _chunks.RemoveAt(at);
                }

                return;
            }

            index -= chunk.Count;
        }

        throw new ArgumentOutOfRangeException(nameof(index));
    }

    /// <summary>Puts an item in the place of one that sorts equal.</summary>
    public void Replace(int index, T item)
    {
        foreach (var chunk in _chunks)
        {
            if (index < chunk.Count)
            {
                chunk[index] = item;
                return;
            }

            index -= chunk.Count;
        }

        throw new ArgumentOutOfRangeException(nameof(index));
    }

    /// <summary>The first chunk whose last item is not before an item; the number of chunks when all are before.</summary>
    private int ChunkOf(T item)
    {
        var (low, high) = (0, _chunks.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (order.Compare(_chunks[middle][^1], item) < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private int Before(int chunk)
    {
        var count = 0;
        for (var i = 0; i < chunk; i++)
        {
            count += _chunks[i].Count;
        }

        return count;
    }
}
