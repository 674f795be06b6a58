using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.Live.Views;

/// <summary>
/// The first records of an ordered query, a few more than are shown, so that a row that goes is followed by the next without
/// asking the source. What lies beyond the last record held is unknown unless the window is complete. Not safe for several threads at once.
/// </summary>
internal sealed class ViewWindow
{
    private readonly int _limit;
    private readonly RankedList<Record> _sorted;
    private readonly RecordOrder _order;
    private readonly Dictionary<RecordKey, Record> _held = [];

    public ViewWindow(TableSchema schema, IReadOnlyList<Order> total, int limit)
    {
        _limit = limit;
        _order = new RecordOrder(schema, total);
        _sorted = new RankedList<Record>(_order);
        Slack = Math.Clamp(limit / 2, 10, 1_000);
    }

    /// <summary>How many records are held beyond the limit, so that the source is seldom asked.</summary>
    public int Slack { get; }

    /// <summary>Whether every record of the query is held.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Whether fewer records are held than are to be shown, while the source has more.</summary>
    public bool NeedsMore => !IsComplete && _sorted.Count < _limit;

    /// <summary>The last record held, after which the source goes on; null when none is.</summary>
    public Record? Last => _sorted.Count == 0 ? null : _sorted[_sorted.Count - 1];

    public int Held => _sorted.Count;

    public IEnumerable<RecordKey> Keys => _held.Keys;

    public IReadOnlyList<Record> Visible => [.. _sorted.From(0, _limit)];

    public bool Holds(RecordKey key) => _held.ContainsKey(key);

    public Record? Find(RecordKey key) => _held.GetValueOrDefault(key);

    /// <summary>Takes over a record that matches, wherever it belongs.</summary>
    public void Put(Record record, List<WindowChange> changes)
    {
        var key = record.Key;
        if (_held.TryGetValue(key, out var old))
        {
            if (_order.Compare(old, record) == 0)
            {
                var at = _sorted.IndexOf(old);
                _sorted.Replace(at, record);
                _held[key] = record;
                if (at < _limit)
                {
                    changes.Add(new WindowChange(at, at, old, record));
                }

                return;
            }

            if (IsBeyond(record) && !IsComplete && !IsLast(old))
            {
                Remove(key, changes);
                return;
            }

            Move(old, record, changes);
            return;
        }

        if (!IsComplete && IsBeyond(record))
        {
            // Others that the source has may come before it; it is read when its turn comes.
            return;
        }

        _held.Add(key, record);
        var index = _sorted.Add(record);
        if (index < _limit)
        {
            changes.Add(new WindowChange(-1, index, null, record));
            PushOut(changes);
        }

        Trim();
    }

    /// <summary>Lets go of a record that no longer matches.</summary>
    public void Remove(RecordKey key, List<WindowChange> changes)
    {
        if (!_held.Remove(key, out var old))
        {
            return;
        }

        var index = _sorted.IndexOf(old);
        _sorted.RemoveAt(index);
        if (index < _limit)
        {
            changes.Add(new WindowChange(index, -1, old, null));
            PullIn(changes);
        }
    }

    /// <summary>Adds records the source gave as the next ones; what is held already stays as it is.</summary>
    public void Append(IEnumerable<Record> next, bool isEnd, List<WindowChange> changes)
    {
        IsComplete = true;
        foreach (var record in next)
        {
            Put(record, changes);
        }

        IsComplete = isEnd;
    }

    /// <summary>Fills an empty window.</summary>
    public void Load(IReadOnlyList<Record> sorted, bool isEnd)
    {
        _held.Clear();
        _held.EnsureCapacity(sorted.Count);
        foreach (var record in sorted)
        {
            _held.Add(record.Key, record);
        }

        _sorted.Load(sorted);
        IsComplete = isEnd;
    }

    private bool IsBeyond(Record record) => Last is not { } last || _order.Compare(record, last) > 0;

    private bool IsLast(Record record) => ReferenceEquals(Last, record);

    private void Move(Record old, Record record, List<WindowChange> changes)
    {
        var from = _sorted.IndexOf(old);
        var wasLast = from == _sorted.Count - 1;
        _sorted.RemoveAt(from);
        if (!IsComplete && wasLast && IsBeyond(record))
        {
            // The last one moved further out: what lies between is not known.
            _held.Remove(record.Key);
            if (from < _limit)
            {
                changes.Add(new WindowChange(from, -1, old, null));
            }

            return;
        }

        var to = _sorted.Add(record);
        _held[record.Key] = record;
        switch (from < _limit, to < _limit)
        {
            case (true, true):
                changes.Add(new WindowChange(from, to, old, record));
                break;
            case (true, false):
                changes.Add(new WindowChange(from, -1, old, null));
                PullIn(changes);
                break;
            case (false, true):
                changes.Add(new WindowChange(-1, to, null, record));
                PushOut(changes);
                break;
        }
    }

    /// <summary>A row came in before the limit, so the last one shown goes out.</summary>
    private void PushOut(List<WindowChange> changes)
    {
        if (_sorted.Count > _limit)
        {
            changes.Add(new WindowChange(_limit, -1, _sorted[_limit], null));
        }
    }

    /// <summary>A row shown went, so the next one comes in.</summary>
    private void PullIn(List<WindowChange> changes)
    {
        if (_sorted.Count >= _limit)
        {
            changes.Add(new WindowChange(-1, _limit - 1, null, _sorted[_limit - 1]));
        }
    }

    private void Trim()
    {
        while (_sorted.Count > (long)_limit + (2L * Slack))
        {
            var last = _sorted.Count - 1;
            _held.Remove(_sorted[last].Key);
            _sorted.RemoveAt(last);
            IsComplete = false;
        }
    }
}

/// <summary>One change of the rows shown: from an index (-1 for none) to another.</summary>
internal sealed record WindowChange(int From, int To, Record? Before, Record? After);
