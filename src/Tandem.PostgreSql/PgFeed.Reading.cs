using System.Runtime.CompilerServices;
using Tandem.Changes;

namespace Tandem.PostgreSql;

/// <content>Reading on from a cursor.</content>
internal sealed partial class PgFeed
{
    public IAsyncEnumerable<IReadOnlyList<Change>> ReadAsync(Cursor? after, CancellationToken cancellationToken)
    {
        if (after is not { } cursor || cursor == Current)
        {
            return _buffer.ReadAsync(after, cancellationToken);
        }

        return _database.HasJournal && PgJournal.IsCursor(cursor)
            ? ResumeAsync(cursor, cancellationToken)
            : throw new CursorExpiredException("This cursor is no longer kept. Read again and follow from there.");
    }

    public async Task<IReadOnlyList<Change>> MissedAsync(Cursor after, int limit, CancellationToken cancellationToken = default)
    {
        if (after == Current)
        {
            return [];
        }

        if (!_database.HasJournal || !PgJournal.IsCursor(after))
        {
            throw new CursorExpiredException("This cursor is no longer kept. Read again and follow from there.");
        }

        await CatchUpWithAsync(after, cancellationToken).ConfigureAwait(false);
        List<Change> missed = [];
        var (reached, target) = (after, Current);
        while (missed.Count < limit && reached != target)
        {
            var some = await _journal.RangeAsync(reached, target, limit - missed.Count, cancellationToken).ConfigureAwait(false);
            if (some.Count == 0)
            {
                break;
            }

            missed.AddRange(some);
            reached = some[^1].Cursor;
        }

        return missed;
    }

    private async IAsyncEnumerable<IReadOnlyList<Change>> ResumeAsync(Cursor cursor, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await CatchUpWithAsync(cursor, cancellationToken).ConfigureAwait(false);
        await foreach (var batch in _buffer.ReadAsync(cursor, cancellationToken).ConfigureAwait(false))
        {
            yield return batch;
        }
    }

    /// <summary>A cursor that another node gave may be ahead of this node's tail; reading the tail makes sure it is not.</summary>
    private async Task CatchUpWithAsync(Cursor cursor, CancellationToken cancellationToken)
    {
        await ReadTailAsync(cancellationToken).ConfigureAwait(false);
        if (PgJournal.ReachOf(cursor) > PgJournal.ReachOf(Current))
        {
            throw new CursorExpiredException("This cursor is not one of this database. Read again and follow from there.");
        }
    }
}
