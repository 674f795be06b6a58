using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Editing;

/// <content>Saving. Every write has an id, so what is sent again after a broken connection is done once.</content>
public sealed partial class UnitOfWork
{
    private const int ReadLimit = 1_000;

    /// <summary>Saves every edit and makes every deletion, or nothing at all. A unit without changes writes nothing.</summary>
    /// <param name="cancellationToken">Ends the wait; what became of the save is found out by the next one.</param>
    /// <exception cref="ObjectDisposedException">One of the edits was ended.</exception>
    public async Task<UnitOfWorkResult> SaveAsync(CancellationToken cancellationToken = default)
    {
        await _saving.WaitAsync(cancellationToken).ConfigureAwait(false);
        List<IDisposable> turns = [];
        try
        {
            List<Item> items;
            lock (_lock)
            {
                items = [.. _edits.Select(e => new Item(database, e.Table, e, null)), .. _deletions.Select(d => new Item(database, d.Table, null, d))];
            }

            // Always in the same order, so that two units with edits in common do not wait for each other.
            foreach (var edit in items.Select(i => i.Edit).OfType<RecordEdit>().OrderBy(e => e.Number))
            {
                turns.Add(await edit.EnterAsync(cancellationToken).ConfigureAwait(false));
            }

            foreach (var edit in items.Select(i => i.Edit).Where(e => e?.TurnOrder is not null).DistinctBy(e => e!.TurnOrder).OrderBy(e => e!.TurnOrder, StringComparer.Ordinal))
            {
                turns.Add((await edit!.TakeTurnAsync(cancellationToken).ConfigureAwait(false))!);
            }

            foreach (var item in items.Where(i => i.Edit is not null))
            {
                item.Result = await item.Edit!.SettleUnknownAsync(true, cancellationToken).ConfigureAwait(false);
            }

            return items.Any(i => i.Result is SaveResult.Failed)
                ? ResultOf(items, false)
                : await RoundsAsync(items, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            turns.ForEach(t => t.Dispose());
            _saving.Release();
        }
    }

    private async Task<UnitOfWorkResult> RoundsAsync(List<Item> items, CancellationToken cancellationToken)
    {
        for (var round = 1; ; round++)
        {
            foreach (var item in items)
            {
                item.Prepare();
            }

            var sent = items.Where(i => i.Write is not null && !i.IsDone).ToList();
            if (sent.Count == 0)
            {
                return await FinishAsync(items, [], cancellationToken).ConfigureAwait(false);
            }

            var brought = sent.Select(i => (i.Write as Write.Insert)?.Temporary).OfType<TemporaryKey>().ToHashSet();
            foreach (var item in sent)
            {
                item.RefuseOrphan(brought);
            }

            if (sent.Any(i => i.Result is SaveResult.Rejected))
            {
                return ResultOf(items, false);
            }

            try
            {
                // What these tables have queued comes first: the unit may be based on it.
                await Task.WhenAll(items.Select(i => i.Table).OfType<ITakesWrites>().Distinct().Select(t => t.DrainAsync(cancellationToken)))
                    .WaitAsync(_options.Patience, _options.Clock, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException e)
            {
                var cause = new DatabaseUnavailableException("Writes queued before this could not be stored yet. Try again in a moment.", e);
                sent.ForEach(i => i.TakeIn(new SaveResult.Failed(cause, false)));
                return ResultOf(items, false);
            }

            try
            {
                sent.ForEach(i => i.Sends());
                var (answer, fault) = await new PatientSender(_options.Clock, _options.Patience).SendAsync(
                    token => database.WriteAllAsync([.. sent.Select(i => new TableWrite(i.Table.Schema.Name, i.Write!))], token), true, null, cancellationToken).ConfigureAwait(false);
                if (answer is null)
                {
                    sent.ForEach(i => i.TakeIn(new SaveResult.Failed(fault!, true)));
                    return ResultOf(items, false);
                }

                if (answer.IsCommitted)
                {
                    return await FinishAsync(items, [.. sent.Zip(answer.Results.Cast<WriteResult.Written>())], cancellationToken).ConfigureAwait(false);
                }

                if (await WasStoredAsync(sent, answer, cancellationToken).ConfigureAwait(false))
                {
                    foreach (var (gone, _) in sent.Zip(answer.Results).Where(s => s.Second is WriteResult.Missing))
                    {
                        gone.TakeIn(new SaveResult.Gone());
                    }

                    return await FinishAsync(items, [.. sent.Zip(answer.Results).Where(s => s.Second is WriteResult.Written).Select(s => (s.First, (WriteResult.Written)s.Second))], cancellationToken).ConfigureAwait(false);
                }

                var refused = sent.Zip(answer.Results).Where(s => s.Second is not WriteResult.Written).ToList();
                var asking = refused.Where(r => !r.First.Settles(r.Second)).ToList();
                if (asking.Count == 0 && round >= _options.MaxRounds)
                {
                    asking = refused;
                }

                if (asking.Count > 0)
                {
                    foreach (var (item, result) in asking)
                    {
                        item.TakeIn(await SaveAnswers.ResultAsync(item.Table, item.Write!, result, cancellationToken).ConfigureAwait(false));
                    }

                    foreach (var item in sent.Where(i => i.Result is null))
                    {
                        item.Edit?.NothingHappened();
                    }

                    return ResultOf(items, false);
                }
            }
            finally
            {
                foreach (var item in sent)
                {
                    await item.EndsAsync().ConfigureAwait(false);
                }
            }
        }
    }

    /// <summary>Whether an attempt that was not answered stored all of it, and a record went since: then sending again finds no record, but the journal has the write.</summary>
    private async Task<bool> WasStoredAsync(List<Item> sent, BatchResult answer, CancellationToken cancellationToken)
    {
        var missing = sent.Zip(answer.Results).FirstOrDefault(s => s is { First.Edit: not null, Second: WriteResult.Missing }).First;
        return missing is not null && await database.FindWriteAsync(missing.Write!.Id!.Value, cancellationToken).ConfigureAwait(false) is not null;
    }

    /// <summary>Everything is stored: tables with copies and the edits take it in, and deletions are let go of.</summary>
    private async Task<UnitOfWorkResult> FinishAsync(
        List<Item> items, List<(Item Item, WriteResult.Written Written)> stored, CancellationToken cancellationToken)
    {
        foreach (var (item, written) in stored)
        {
            (item.Table as ITakesWrites)?.TakeIn(written);
            item.TakeIn(SaveAnswers.Stored(item.Table.Schema, item.Write!, written));
            item.Follows();
        }

        foreach (var table in items.Where(i => i.Result is null && i.Edit is not null).GroupBy(i => i.Table))
        {
            foreach (var unchanged in table.Chunk(ReadLimit))
            {
                var records = (await table.Key.GetManyAsync([.. unchanged.Select(i => i.Edit!.Key)], null, cancellationToken).ConfigureAwait(false)).ToDictionary(r => r.Key);
                foreach (var item in unchanged)
                {
                    item.Result = records.TryGetValue(item.Edit!.Key, out var record) ? new SaveResult.Saved(record) : new SaveResult.Gone();
                }
            }
        }

        lock (_lock)
        {
            _deletions.RemoveAll(d => items.Any(i => i.Deletion == d));
        }

        return ResultOf(items, true);
    }

    private static UnitOfWorkResult ResultOf(List<Item> items, bool isSaved) =>
        new(isSaved, [.. items.Select(i => new UnitOfWorkEntry(i.Table.Schema.Name, i.Edit?.Key ?? i.Deletion!.Write.Key, i.Result))]);

    /// <summary>An edit or a deletion on its way.</summary>
    private sealed class Item(IDatabase database, ITable table, RecordEdit? edit, Deletion? deletion)
    {
        // Taken before a new record is stored, so that nothing that happens to it is missed.
        private RecordStream? _stream;

        public ITable Table => table;

        public RecordEdit? Edit => edit;

        public Deletion? Deletion => deletion;

        public Sending? Sending { get; private set; }

        public SaveResult? Result { get; set; }

        /// <summary>Whether it is a deletion of a record that is gone already.</summary>
        public bool IsDone { get; private set; }

        public Write? Write => deletion?.Write ?? Sending?.Write;

        public void Prepare()
        {
            Sending = edit?.Prepare(true);
            Result = Sending is null ? Result : null;
        }

        /// <summary>Answers for an edit that refers to a new record which is not part of the unit.</summary>
        public void RefuseOrphan(IReadOnlySet<TemporaryKey> brought)
        {
            if (Sending is not null && edit!.Orphans(Sending, brought) is { Count: > 0 } errors)
            {
                edit.Refuse(errors);
                Result = new SaveResult.Rejected(errors);
            }
        }

        public void Sends()
        {
            _stream = Write is Write.Insert ? RecordStream.Open(database, table) : null;
            if (Sending is not null)
            {
                edit!.Sends(Sending);
            }
        }

        /// <summary>A new record was stored: its edit goes on to follow others.</summary>
        public void Follows()
        {
            if (_stream is { } stream)
            {
                _stream = null;
                edit!.Follows(stream);
            }
        }

        public async ValueTask EndsAsync()
        {
            if (_stream is { } stream)
            {
                _stream = null;
                await stream.DisposeAsync().ConfigureAwait(false);
            }
        }

        /// <summary>Whether a refusal can be got over without asking anybody.</summary>
        public bool Settles(WriteResult result)
        {
            if (result is WriteResult.Missing && deletion is not null)
            {
                (IsDone, Result) = (true, new SaveResult.Gone());
                return true;
            }

            return result is WriteResult.Conflicted conflicted && edit is not null && edit.Settles(conflicted);
        }

        public void TakeIn(SaveResult result) => Result = IsDone ? Result : Sending is null ? result : edit!.TakeIn(Sending, result);
    }
}
