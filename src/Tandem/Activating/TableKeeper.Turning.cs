using System.Security.Cryptography;
using System.Text;
using Tandem.Changes;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Activating;

/// <content>Finding the records that are to turn, and turning them.</content>
internal sealed partial class TableKeeper
{
    private const int PageSize = 200;
    private static readonly WriteContext s_by = new(Actors.Time);

    private IReadOnlyList<string> Fields => [.. _table.Schema.Key.Union(_activation.Fields)];

    /// <summary>Turns every record that is not what it is to be.</summary>
    private async Task SweepAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (_activation.Mask is null)
        {
            await TurnAllAsync(Due(_times.Window(now)), now, cancellationToken).ConfigureAwait(false);
            return;
        }

        var masks = await MasksAsync(cancellationToken).ConfigureAwait(false);
        foreach (var mask in masks.Items.Select(g => g.Value))
        {
            var covers = _times.MaskOf(mask)?.Covers(now, _activation.Zone) == true;
            await TurnAllAsync(Filter.Eq(_activation.Mask, mask) & Due(covers ? _times.Window(now) : Filter.None), now, cancellationToken).ConfigureAwait(false);
        }

        if (masks.HasMore)
        {
            // More masks than can be asked for one by one: every record is looked at, a page at a time.
            await TurnAllAsync(Filter.All, now, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>When the next record turns, or null.</summary>
    private async Task<DateTimeOffset?> NextAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        DateTimeOffset? next = null;
        foreach (var field in new[] { _activation.From, _activation.Until }.OfType<string>())
        {
            var first = await _table.QueryAsync(new Query { Filter = _times.ToCome(field, now), Order = [new Order(field)], First = 1, Fields = [field] }, cancellationToken).ConfigureAwait(false);
            next = Least(next, first.Records.Select(r => _times.TurnOf(field, r[field])).FirstOrDefault());
        }

        if (_activation.Mask is not null)
        {
            var masks = await MasksAsync(cancellationToken).ConfigureAwait(false);
            next = masks.Items.Select(g => _times.MaskOf(g.Value)?.NextEdge(now, _activation.Zone)).Append(masks.HasMore ? now + s_longest : null).Aggregate(next, Least);
        }

        return next;
    }

    /// <summary>Turns those of some records that are not what they are to be.</summary>
    /// <returns>When the next of them turns, or null.</returns>
    private async Task<DateTimeOffset?> LookAsync(IReadOnlyList<RecordKey> keys, DateTimeOffset now, CancellationToken cancellationToken)
    {
        DateTimeOffset? next = null;
        foreach (var some in keys.Chunk(PageSize))
        {
            var records = await _table.GetManyAsync(some, Fields, cancellationToken).ConfigureAwait(false);
            await TurnAsync(records, now, cancellationToken).ConfigureAwait(false);
            next = records.Select(r => _times.Next(f => r[f], now)).Aggregate(next, Least);
        }

        return next;
    }

    private Task<Groups> MasksAsync(CancellationToken cancellationToken) => _table.GroupAsync(new GroupQuery { By = _activation.Mask }, cancellationToken);

    /// <summary>The records that are not what they are to be, given those that are to be active.</summary>
    private Filter Due(Filter wanted) => FilterAlgebra.Or(
        FilterAlgebra.And(_activation.IsActive, FilterAlgebra.Not(wanted)), FilterAlgebra.And(_activation.IsInactive, wanted));

    private async Task TurnAllAsync(Filter due, DateTimeOffset now, CancellationToken cancellationToken)
    {
        string? after = null;
        do
        {
            // Each page begins after the key of the one before, so what is turned meanwhile shifts nothing and what refuses is not asked again.
            var page = await _table.QueryAsync(new Query { Filter = due, First = PageSize, After = after, Fields = Fields }, cancellationToken).ConfigureAwait(false);
            await TurnAsync(page.Records, now, cancellationToken).ConfigureAwait(false);
            after = page.Next;
        }
        while (after is not null);
    }

    private async Task TurnAsync(IReadOnlyList<Record> records, DateTimeOffset now, CancellationToken cancellationToken)
    {
        List<Write.Update> writes = [.. records.Where(r => _times.IsActive(f => r[f], now) != (r[_activation.Active] is true)).Select(r => Turn(r, now))];
        if (writes.Count > 1 && (await _table.WriteAllAsync(writes, cancellationToken).ConfigureAwait(false)) is { IsCommitted: true } done)
        {
            writes = [.. writes.Where((w, i) => IsUndone(w, done.Results[i]))];
        }

        foreach (var write in writes)
        {
            var result = await _table.WriteAsync(write, cancellationToken).ConfigureAwait(false);
            if (IsUndone(write, result))
            {
                // The same turn happened before, and somebody took it back since.
                result = await _table.WriteAsync(write with { Id = Guid.NewGuid() }, cancellationToken).ConfigureAwait(false);
            }

            // A record that conflicts or is gone was changed meanwhile, which is heard.
            if (result is WriteResult.Rejected rejected)
            {
                _faulted($"Record {write.Key} of table '{_table.Schema.Name}' cannot be made {(write.Set[_activation.Active] is true ? "active" : "inactive")}: {string.Join(' ', rejected.Errors.Select(e => e.Message))}");
            }
        }
    }

    private bool IsUndone(Write.Update write, WriteResult result) =>
        result is WriteResult.Written { IsRepeated: true } repeated && repeated.Stored[_activation.Active] is true != write.Set[_activation.Active] is true;

    private Write.Update Turn(Record record, DateTimeOffset now)
    {
        var isActive = record[_activation.Active] is not true;
        var basis = new Patch(_activation.Fields.Select(f => KeyValuePair.Create(f, record[f])));
        return new Write.Update(record.Key, Patch.Of(_activation.Active, isActive), new Guard(basis), s_by)
        {
            Id = IdOf($"{_table.Schema.Name}\n{record.Key}\n{_times.Since(f => record[f], now).UtcTicks}\n{isActive}"),
        };
    }

    private static Guid IdOf(string turn) => new(SHA256.HashData(Encoding.UTF8.GetBytes(turn)).AsSpan(0, 16));
}
