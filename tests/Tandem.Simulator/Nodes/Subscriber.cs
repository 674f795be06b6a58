using Tandem.Live;
using Tandem.Live.Views;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Simulator.Checking;
using Tandem.Simulator.Network;
using Tandem.Simulator.Scheduling;
using Tandem.Tables;

namespace Tandem.Simulator.Nodes;

/// <summary>Follows a standing query and keeps its rows up by what it is told, checking that it can, and that the rows are those of their cursor.</summary>
internal sealed class Subscriber(string name, LiveTable table, Query query, Source source, Schedule schedule, bool isAsOfCursor)
{
    private readonly List<Record> _rows = [];
    private readonly Replay _replay = new(table.Schema, source.Journal);
    private readonly bool _isSlow = schedule.Chance(30);
    private long _reached;
    private long? _count;

    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        await foreach (var update in table.WatchAsync(query, new WatchOptions { WithCount = true }, cancellationToken))
        {
            Apply(update);
            schedule.History.Note($"  {name} at {update.Cursor}: {this}");
            if (isAsOfCursor)
            {
                var at = Source.SequenceOf(update.Cursor);
                BrokenInvariantException.Unless(at >= _reached, "what is told never goes back", $"{name} was told of {_reached}, then of {at}");
                _replay.To(_reached = at);
                Check(MemoryQuery.Run(table.Schema, _replay.Records, query).Records, MemoryQuery.Count(table.Schema, _replay.Records, query.Filter), $"at {at}");
            }

            if (_isSlow)
            {
                await schedule.TurnAsync($"{name} reads on", null, cancellationToken);
            }
        }
    }

    /// <summary>After quiet: the rows are the source's.</summary>
    public async Task CheckAsync()
    {
        var page = await source.Table(table.Schema.Name).QueryAsync(query, default);
        Check(page.Records, await source.Table(table.Schema.Name).CountAsync(query.Filter, default), "after quiet");
        BrokenInvariantException.Unless(_count is not null, "a count is known after quiet", name);
    }

    public override string ToString() => $"[{string.Join(' ', _rows.Select(r => r.Key))}] of {_count}";

    private void Check(IReadOnlyList<Record> expected, long count, string when)
    {
        var isEqual = _rows.Count == expected.Count && _rows.Zip(expected).All(p => p.First.Key.Equals(p.Second.Key) && p.First.DifferencesTo(p.Second).IsEmpty);
        BrokenInvariantException.Unless(isEqual, "every subscriber equals the source", $"{name} {when} shows {Text(_rows)}, not {Text(expected)}");
        BrokenInvariantException.Unless(_count is null || _count == count, "every count equals the source's", $"{name} {when} counts {_count}, not {count}");
    }

    private static string Text(IEnumerable<Record> rows) => "[" + string.Join("; ", rows.Select(r => string.Join(' ', r.Values.ToArray().Select(v => ValueText.Plain(v))))) + "]";

    private void Apply(ViewUpdate update)
    {
        _count = update.Count;
        if (update is ViewUpdate.Snapshot snapshot)
        {
            _rows.Clear();
            _rows.AddRange(snapshot.Rows.Select(r => r.Record));
            return;
        }

        foreach (var change in ((ViewUpdate.Changed)update).Changes)
        {
            var isFitting = change switch
            {
                ViewChange.Inserted inserted => inserted.Index <= _rows.Count,
                ViewChange.Updated updated => Has(updated.Index, updated.Row.Record.Key),
                ViewChange.Moved moved => Has(moved.From, moved.Row.Record.Key) && moved.To < _rows.Count,
                ViewChange.Removed removed => Has(removed.Index, removed.Key),
                _ => false,
            };
            BrokenInvariantException.Unless(isFitting, "an update fits the rows before it", $"{name}: {change} onto {this}");
            Apply(change);
        }
    }

    private bool Has(int index, RecordKey key) => index < _rows.Count && _rows[index].Key.Equals(key);

    private void Apply(ViewChange change)
    {
        switch (change)
        {
            case ViewChange.Inserted inserted:
                _rows.Insert(inserted.Index, inserted.Row.Record);
                break;
            case ViewChange.Updated updated:
                _rows[updated.Index] = updated.Row.Record;
                break;
            case ViewChange.Moved moved:
                _rows.RemoveAt(moved.From);
                _rows.Insert(moved.To, moved.Row.Record);
                break;
            case ViewChange.Removed removed:
                _rows.RemoveAt(removed.Index);
                break;
        }
    }
}
