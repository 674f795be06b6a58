namespace Tandem.Live.Views;

/// <summary>None, one or several items. One, the usual case, takes no object of its own: an index of many such has less to look at. Kept in place, never copied.</summary>
internal struct Bag<T>
    where T : class
{
    private T? _one;
    private HashSet<T>? _several;

    public readonly bool IsEmpty => _one is null && _several is null;

    public void Add(T item)
    {
        if (IsEmpty)
        {
            _one = item;
            return;
        }

        _several ??= [_one!];
        _several.Add(item);
        _one = null;
    }

    /// <returns>Whether it was there.</returns>
    public bool Remove(T item)
    {
        if (_several is null)
        {
            var isHere = ReferenceEquals(_one, item);
            _one = isHere ? null : _one;
            return isHere;
        }

        var wasHere = _several.Remove(item);
        _several = _several.Count == 0 ? null : _several;
        return wasHere;
    }

    public readonly void AddTo(List<T> items)
    {
        if (_one is not null)
        {
            items.Add(_one);
        }
        else if (_several is not null)
        {
            items.AddRange(_several);
        }
    }
}
