using System.Globalization;
using Npgsql.Replication;
using Npgsql.Replication.PgOutput;
using Npgsql.Replication.PgOutput.Messages;
using Tandem.Changes;
using Tandem.Records;
using Tandem.Relational.Journal;
using Tandem.Relational.Watching;

namespace Tandem.PostgreSql;

/// <summary>
/// Listens to the write-ahead log through a temporary slot, which the server drops with the connection. A transaction's
/// changes that have a journal entry in the same transaction are Tandem's own; the others are journalled as another
/// program's (or, beside an entry, as side effects of it: cascades, triggers).
/// </summary>
internal sealed class PgReplication(PgDatabase database, Action heard, Func<IReadOnlyList<ElsewhereChange>, CancellationToken, Task> elsewhere)
{
    public const string Publication = "tandem";

    /// <summary>A transaction that changes more records of one table than this is told as one reset of the table.</summary>
    private const int ListedPerTable = 5_000;

    private static readonly TimeSpan s_cancelPatience = TimeSpan.FromMilliseconds(500);

    private readonly Dictionary<string, List<ElsewhereChange>> _open = new(StringComparer.Ordinal);
    private readonly Dictionary<(string, RecordKey), int> _journalled = [];
    private (string Actor, string? Operation)? _writer;
    private DateTimeOffset _committedAt;
    private string _lsn = "";

    /// <summary>Listens until cancelled or the connection breaks.</summary>
    /// <param name="started">Called once the slot stands: from here on nothing is missed.</param>
    /// <param name="cancellationToken">Ends the listening.</param>
    public async Task RunAsync(Func<CancellationToken, Task> started, CancellationToken cancellationToken)
    {
        var name = "tandem_" + Guid.NewGuid().ToString("N");
        var listening = ListenAsync(name, started, cancellationToken);
        try
        {
            await listening.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The driver asks the server to cancel the streaming. Asked a moment before it began, the server has nothing to
            // cancel and streams on, and the driver listens on; then the server is told to end it.
            await Task.WhenAny(listening, Task.Delay(s_cancelPatience, CancellationToken.None)).ConfigureAwait(false);
            if (!listening.IsCompleted)
            {
                await EndAsync(name).ConfigureAwait(false);
            }

            await listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    private async Task EndAsync(string slot)
    {
        var sql = new Relational.Sql.SqlText();
        sql.Append($"SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = ${sql.Add(PgColumn.Text(slot))} AND active_pid IS NOT NULL");
        await database.ReadAsync(sql, r => r.GetBoolean(0), CancellationToken.None).ConfigureAwait(false);
    }

    private async Task ListenAsync(string name, Func<CancellationToken, Task> started, CancellationToken cancellationToken)
    {
        var connection = new LogicalReplicationConnection(database.ConnectionString);
        await using var closing = connection.ConfigureAwait(false);
        await connection.Open(cancellationToken).ConfigureAwait(false);
        var slot = await connection.CreatePgOutputReplicationSlot(name, temporarySlot: true, cancellationToken: cancellationToken).ConfigureAwait(false);
        await started(cancellationToken).ConfigureAwait(false);
        await foreach (var message in connection.StartReplication(slot, new PgOutputReplicationOptions(Publication, PgOutputProtocolVersion.V1), cancellationToken).ConfigureAwait(false))
        {
            await HandleAsync(message, cancellationToken).ConfigureAwait(false);
            connection.SetReplicationStatus(message.WalEnd);
        }
    }

    private async Task HandleAsync(PgOutputReplicationMessage message, CancellationToken cancellationToken)
    {
        switch (message)
        {
            case BeginMessage begin:
                _open.Clear();
                _journalled.Clear();
                _writer = null;
                _committedAt = new DateTimeOffset(DateTime.SpecifyKind(begin.TransactionCommitTimestamp, DateTimeKind.Utc));
                _lsn = begin.TransactionFinalLsn.ToString();
                break;
            case InsertMessage insert when insert.Relation is { Namespace: "tandem", RelationName: "journal" }:
                await JournalEntryAsync(insert, cancellationToken).ConfigureAwait(false);
                break;
            case UpdateMessage { Relation: { Namespace: "tandem", RelationName: "journal" } } or DeleteMessage { Relation: { Namespace: "tandem", RelationName: "journal" } }:
                // Old entries were trimmed.
                break;
            case InsertMessage insert:
                if (await RowAsync(insert.Relation, insert.NewRow, cancellationToken).ConfigureAwait(false) is { } added)
                {
                    Add(added.Table, added.Key, ChangeKind.Insert, added.Values);
                }

                break;
            case UpdateMessage update:
                await UpdateAsync(update, cancellationToken).ConfigureAwait(false);
                break;
            case KeyDeleteMessage delete when await RowAsync(delete.Relation, delete.Key, cancellationToken).ConfigureAwait(false) is { } gone:
                Add(gone.Table, gone.Key, ChangeKind.Delete, Patch.Empty);
                break;
            case FullDeleteMessage delete when await RowAsync(delete.Relation, delete.OldRow, cancellationToken).ConfigureAwait(false) is { } gone:
                Add(gone.Table, gone.Key, ChangeKind.Delete, Patch.Empty);
                break;
            case TruncateMessage truncate:
                foreach (var relation in truncate.Relations)
                {
                    if (database.TableOf(relation.Namespace, relation.RelationName) is { } table)
                    {
                        Reset(table.Schema.Name);
                    }
                }

                break;
            case CommitMessage:
                await CommitAsync(cancellationToken).ConfigureAwait(false);
                break;
        }
    }

    private async Task UpdateAsync(UpdateMessage update, CancellationToken cancellationToken)
    {
        var old = update switch
        {
            IndexUpdateMessage index => await RowAsync(update.Relation, index.Key, cancellationToken).ConfigureAwait(false),
            FullUpdateMessage full => await RowAsync(update.Relation, full.OldRow, cancellationToken).ConfigureAwait(false),
            _ => null,
        };
        if (await RowAsync(update.Relation, update.NewRow, cancellationToken).ConfigureAwait(false) is not { } row)
        {
            return;
        }

        if (old is { } before && !before.Key.Equals(row.Key))
        {
            Add(row.Table, before.Key, ChangeKind.Delete, Patch.Empty);
            Add(row.Table, row.Key, ChangeKind.Insert, row.Values);
        }
        else
        {
            Add(row.Table, row.Key, ChangeKind.Update, row.Values);
        }
    }

    private async Task CommitAsync(CancellationToken cancellationToken)
    {
        // Each entry stands for one change of its record; a trigger may have changed the record again.
        var left = _open.Values.SelectMany(c => c)
            .GroupBy(c => (c.Found.Table, c.Found.Key))
            .SelectMany(g => g.Skip(_journalled.GetValueOrDefault(g.Key)))
            .ToList();
        if (_writer is { } writer)
        {
            left = [.. left.Select(c => c with { Actor = writer.Actor, Operation = writer.Operation })];
        }

        if (left.Count > 0)
        {
            await elsewhere(left, cancellationToken).ConfigureAwait(false);
        }

        if (left.Count > 0 || _journalled.Count > 0)
        {
            heard();
        }
    }

    private void Add(string table, RecordKey key, ChangeKind kind, Patch after)
    {
        if (!_open.TryGetValue(table, out var changes))
        {
            _open.Add(table, changes = []);
        }

        if (changes is [{ Found.Kind: ChangeKind.Reset }])
        {
            return;
        }

        if (changes.Count >= ListedPerTable)
        {
            Reset(table);
            return;
        }

        var origin = string.Create(CultureInfo.InvariantCulture, $"{_lsn}:{table}:{changes.Count}");
        changes.Add(new ElsewhereChange(new Found(table, key, kind, Patch.Empty, after), Actors.Elsewhere, null, _committedAt, origin));
    }

    private void Reset(string table) => _open[table] =
    [
        new ElsewhereChange(new Found(table, new RecordKey(), ChangeKind.Reset, Patch.Empty, Patch.Empty), Actors.Elsewhere, null, _committedAt, $"{_lsn}:{table}:reset"),
    ];

    private async Task JournalEntryAsync(InsertMessage insert, CancellationToken cancellationToken)
    {
        var values = await ValuesAsync(insert.Relation, insert.NewRow, cancellationToken).ConfigureAwait(false);
        if (values.GetValueOrDefault("table_name") is { } table && values.GetValueOrDefault("record_key") is { } key)
        {
            var record = (table, JournalText.Key(database.SchemaOf(table), key));
            _journalled[record] = _journalled.GetValueOrDefault(record) + 1;
            _writer ??= (values.GetValueOrDefault("actor") ?? Actors.Elsewhere, values.GetValueOrDefault("operation"));
        }
    }

    private async Task<(string Table, RecordKey Key, Patch Values)?> RowAsync(RelationMessage relation, ReplicationTuple tuple, CancellationToken cancellationToken)
    {
        var texts = await ValuesAsync(relation, tuple, cancellationToken).ConfigureAwait(false);
        if (database.TableOf(relation.Namespace, relation.RelationName) is not { Schema.IsKeyless: false } table)
        {
            return null;
        }

        var values = new Patch(table.Map.Columns
            .Where(c => !c.Field.IsSecret && texts.ContainsKey(c.Field.Name))
            .Select(c => KeyValuePair.Create(c.Field.Name, texts[c.Field.Name] is { } text ? ((PgColumn)c).FromText(text) : null)));
        return table.Schema.Key.All(values.ContainsKey)
            ? (table.Schema.Name, new RecordKey([.. table.Schema.Key.Select(k => values[k])]), values)
            : null;
    }

    /// <summary>A row's values as text; large values that did not change are not sent and so not here.</summary>
    private static async Task<Dictionary<string, string?>> ValuesAsync(RelationMessage relation, ReplicationTuple tuple, CancellationToken cancellationToken)
    {
        Dictionary<string, string?> values = new(StringComparer.Ordinal);
        var i = 0;
        await foreach (var value in tuple.ConfigureAwait(false).WithCancellation(cancellationToken))
        {
            var name = relation.Columns[i++].ColumnName;
            if (value.IsDBNull)
            {
                values[name] = null;
            }
            else if (!value.IsUnchangedToastedValue)
            {
                values[name] = await value.Get<string>(cancellationToken).ConfigureAwait(false);
            }
        }

        return values;
    }
}
