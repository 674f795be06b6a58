using Tandem.Changes;
using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Sqlite;

/// <content>Writing several records at once, and looking writes up.</content>
public sealed partial class SqliteDatabase
{
    // Whoever writes waits for a trial as for a write, so a trial is short; so much of it is done as this allows.
    private static readonly TimeSpan s_trialLimit = TimeSpan.FromMilliseconds(250);

    public Task<BatchResult> WriteAllAsync(IReadOnlyList<TableWrite> writes, CancellationToken cancellationToken = default) =>
        RunAsync(writes, false, cancellationToken);

    public async Task<BatchResult> TryAllAsync(IReadOnlyList<TableWrite> writes, CancellationToken cancellationToken = default) =>
        (await RunAsync(writes, true, cancellationToken).ConfigureAwait(false)).OfTrial();

    private async Task<BatchResult> RunAsync(IReadOnlyList<TableWrite> writes, bool isTrial, CancellationToken cancellationToken)
    {
        var steps = BatchPlan.Steps([.. writes.Select(w => w.Write)]);
        SqliteTable[] tables = [.. writes.Select(w => _catalog.ByName.GetValueOrDefault(w.Table) ?? throw new ArgumentException($"There is no table '{w.Table}'.", nameof(writes)))];
        if (IsReadOnly)
        {
            return new BatchResult(writes.Count == 0, [.. writes.Select((w, i) => tables[i].Check(w.Write)!)]);
        }

        return await Writer.RunAsync(
            scope =>
            {
                var results = new WriteResult[writes.Count];
                List<int> suspects = [];
                Dictionary<TemporaryKey, object?> real = [];
                var startedAt = _options.Clock.GetTimestamp();
                foreach (var i in steps.SelectMany(s => s))
                {
                    // After a refusal later writes are still tried, so that one answer names everything that stands in the way.
                    var write = BatchPlan.Resolve(Ruled.Clean(tables[i].Schema, writes[i].Write), real);
                    var broken = SqliteTable.BrokenReferences(scope.Connection);
                    results[i] = scope.HasEnded ? s_untried
                        : isTrial && _options.Clock.GetElapsedTime(startedAt) > s_trialLimit ? s_unchecked
                        : write is null ? BatchPlan.Orphaned
                        : tables[i].Check(write) ?? tables[i].Once(scope, write);
                    if (SqliteTable.BrokenReferences(scope.Connection) > broken)
                    {
                        suspects.Add(i);
                    }

                    if (results[i] is WriteResult.Written { Stored: var stored } && write is Write.Insert { Temporary: { } temporary })
                    {
                        real[temporary] = stored.Key.Values[0];
                    }
                }

                if (!scope.HasEnded && SqliteTable.HasBrokenReferences(scope.Connection))
                {
                    Blame(scope, suspects, i => (tables[i], BatchPlan.Resolve(writes[i].Write, real)!), results);
                }

                var isCommitted = !isTrial && results.All(r => r is WriteResult.Written);
                return ValueTask.FromResult((new BatchResult(isCommitted, results), isCommitted && scope.Changes.Count > 0));
            },
            cancellationToken).ConfigureAwait(false);
    }

    public async Task<Change?> FindWriteAsync(Guid id, CancellationToken cancellationToken = default) => HasJournal
        ? await Connections.ReadAsync(c => SqliteJournal.OfWrite(c, SchemaOf, id), cancellationToken).ConfigureAwait(false)
        : null;

    private static readonly WriteResult s_untried = new WriteResult.Rejected([OpenAnswers.Untried]);

    private static readonly WriteResult s_unchecked = new WriteResult.Rejected([OpenAnswers.Unchecked]);

    /// <summary>Deferred references are checked by the commit, which does not say whose they are: those whose target is missing now, or else all that left one open.</summary>
    private static void Blame(SqliteWriter.Scope scope, List<int> suspects, Func<int, (SqliteTable Table, Write Write)> at, WriteResult[] results)
    {
        var blamed = suspects.Where(i => results[i] is WriteResult.Written).Select(i => (i, Result: at(i).Table.BrokenReference(scope.Connection, at(i).Write))).ToList();
        var certain = blamed.Where(b => b.Result.Errors[0].Field.Length > 0).ToList();
        foreach (var (i, result) in certain.Count > 0 ? certain : blamed)
        {
            results[i] = result;
        }
    }
}
