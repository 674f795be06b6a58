using Tandem.Changes;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Live.Views;

/// <content>How the rows are kept up.</content>
internal sealed partial class View
{
    private readonly IReadOnlyList<Order> _total;
    private readonly TableSchema _rowSchema;
    private readonly ViewWindow _window;
    private readonly bool _isLocal;

    /// <summary>The rows as the source gave them, where memory cannot keep their order.</summary>
    private IReadOnlyList<Record> _asked = [];
    private Cursor _cursor;
    private long? _count;
    private long? _toldCount;
    private bool _isFilled;

    /// <summary>What the rows went through since subscribers were told last; kept when asking the source fails between.</summary>
    private readonly List<WindowChange> _untold = [];

    /// <summary>What must be asked of the source before the rows are right again.</summary>
    [Flags]
    private enum Need
    {
        Nothing = 0,
        More = 1,
        Count = 2,
        Everything = 4,
    }

    private IReadOnlyList<Record> Visible => _isLocal ? _window.Visible : _asked;

    private async Task TakeInAsync(IReadOnlyCollection<StepPart> parts, Need need)
    {
        need |= Apply(parts, _untold);
        if (need != Need.Nothing)
        {
            await AskAsync(need, _untold).ConfigureAwait(false);
        }

        if (_isFilled)
        {
            Tell(await DescribeAsync(_untold).ConfigureAwait(false), _toldCount != _count);
        }

        _untold.Clear();
        (_isFilled, _toldCount) = (true, _count);
    }

    /// <summary>Moves the rows along with steps.</summary>
    private Need Apply(IReadOnlyCollection<StepPart> parts, List<WindowChange> changes)
    {
        var need = Need.Nothing;
        foreach (var part in parts)
        {
            _cursor = part.Cursor;
            if (part.IsReset)
            {
                need |= Need.Everything | Need.Count;
            }

            foreach (var net in part.Net)
            {
                need |= _isLocal ? Apply(net, part.Number, changes) : Need.Everything | Need.Count;
            }
        }

        if (_isLocal && _window.NeedsMore)
        {
            need |= Need.More;
        }

        return _options.WithCount ? need : need & ~Need.Count;
    }

    private Need Apply(NetChange net, long number, List<WindowChange> changes)
    {
        var after = _table.PendingOver(net.Key, net.After);
        var matches = after is not null && FilterEvaluator.Holds(_query.Filter, after);
        var wasHeld = _window.Holds(net.Key);
        if (matches)
        {
            _window.Put(Row(after!), changes);
        }
        else
        {
            _window.Remove(net.Key, changes);
        }

        if (!_window.Holds(net.Key))
        {
            _routes.Unwatch(this, net.Key, number);
        }

        if (!_options.WithCount)
        {
            return Need.Nothing;
        }

        // What is shown may have queued writes over it; what is counted is confirmed.
        if (net.IsElsewhere || (!net.IsBeforeKnown && (!wasHeld || _table.Options.WriteBehind is not null)))
        {
            return Need.Count;
        }

        var matched = net.IsBeforeKnown ? net.Before is { } before && FilterEvaluator.Holds(_query.Filter, before) : wasHeld;
        _count += (net.After is { } confirmed && FilterEvaluator.Holds(_query.Filter, confirmed) ? 1 : 0) - (matched ? 1 : 0);
        return Need.Nothing;
    }

    /// <summary>Asks the source for what is missing, and takes in everything the answers may have seen.</summary>
    private async Task AskAsync(Need need, List<WindowChange> changes)
    {
        _routes.Unsettle(this);
        for (var round = 1; need != Need.Nothing; round++)
        {
            if (need.HasFlag(Need.Everything))
            {
                await AskEverythingAsync(changes).ConfigureAwait(false);
            }
            else if (need.HasFlag(Need.More))
            {
                await AskMoreAsync(changes).ConfigureAwait(false);
            }

            var isCounting = _options.WithCount && (need & (Need.Count | Need.Everything)) != 0;
            _count = isCounting ? await _table.CountConfirmedAsync(_query.Filter).ConfigureAwait(false) : _count;
            await _table.PassAsync().ConfigureAwait(false);
            // Read before what came is taken: whatever was told by then is among it.
            var reached = _table.Reached;
            IReadOnlyCollection<StepPart> parts;
            lock (_lock)
            {
                (parts, _inbox) = (_inbox, new());
            }

            _cursor = _cursor == default || parts.Count == 0 ? reached : _cursor;
            need = Apply(parts, changes);
            if (isCounting && parts.Any(p => p.Net.Count > 0))
            {
                // Whether the count saw these changes cannot be told, so it is taken again, as long as that has a chance to end.
                need |= Need.Count;
            }

            if (round >= MostRounds)
            {
                _count = need.HasFlag(Need.Count) ? null : _count;
                Wake(need);
                break;
            }
        }

        _routes.Settle(this, _window.Keys);
    }

    private async Task AskEverythingAsync(List<WindowChange> changes)
    {
        var before = Visible;
        var first = _isLocal ? (int)Math.Min((long)_query.First + _window.Slack, int.MaxValue - 1) : _query.First;
        var page = await _table.QueryConfirmedAsync(_query with { First = first }, this).ConfigureAwait(false);
        if (_isLocal)
        {
            List<WindowChange> overlaid = [];
            RecordKey[] pending = [.. _table.PendingKeys];
            HashSet<RecordKey> onPage = [.. page.Records.Select(r => r.Key)];
            // The last that can fail comes before the rows are replaced: until then what subscribers were told is what is held.
            var others = await _table.ConfirmedAsync([.. pending.Where(k => !onPage.Contains(k))]).ConfigureAwait(false);
            _window.Load([.. page.Records.Select(Row)], page.Next is null);
            foreach (var key in pending)
            {
                if (_table.PendingOver(key, _window.Find(key) ?? others.GetValueOrDefault(key)) is { } visible && FilterEvaluator.Holds(_query.Filter, visible))
                {
                    _window.Put(Row(visible), overlaid);
                }
                else
                {
                    _window.Remove(key, overlaid);
                }
            }
        }
        else
        {
            _asked = [.. page.Records.Select(Row)];
        }

        if (_isFilled)
        {
            changes.AddRange(ListDifference.Between(before, Visible));
        }
    }

    private async Task AskMoreAsync(List<WindowChange> changes)
    {
        var after = _window.Last is { } last ? PageCursor.At(_total, last) : null;
        var page = await _table.QueryConfirmedAsync(_query with { After = after, First = _query.First + _window.Slack - _window.Held }, this).ConfigureAwait(false);
        _window.Append(page.Records.Select(Row), page.Next is null, changes);
    }

    /// <summary>A need that could not be met while changes kept coming is looked after in the next turn.</summary>
    private void Wake(Need left)
    {
        if (left != Need.Nothing)
        {
            lock (_lock)
            {
                _inbox.Enqueue(new StepPart(0, _cursor, [], IsReset: true));
            }
        }
    }

    private Record Row(Record record) => ReferenceEquals(record.Schema, _rowSchema) || _query.Fields is null
        ? record
        : new Record(_rowSchema, [.. _rowSchema.Fields.Select(f => record[f.Name])]);
}
