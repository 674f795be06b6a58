using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using Npgsql;
using Tandem.Changes;
using Tandem.Records;
using Tandem.Relational.Journal;
using Tandem.Relational.Sql;
using Tandem.Relational.Watching;

namespace Tandem.PostgreSql;

/// <summary>
/// Listens to what the triggers tell. What has a journal entry of the same transaction is Tandem's own; the rest is read as it
/// is now and journalled as another program's, or, beside an entry, as a side effect of it.
/// </summary>
internal sealed class PgNotify(PgDatabase database, Action heard, Func<IReadOnlyList<ElsewhereChange>, CancellationToken, Task> elsewhere, TimeProvider clock)
{
    private const int KeysPerRead = 500;

    /// <summary>Messages taken in before they are looked at; the others wait in the connection.</summary>
    private const int MessagesAtOnce = 200;

    private static readonly TimeSpan s_drain = TimeSpan.FromMilliseconds(1);
    private readonly List<Told> _told = [];

    /// <param name="Transaction">The transaction's id.</param>
    /// <param name="Table">The table.</param>
    /// <param name="IsSideEffect">Whether a trigger or a cascade did it.</param>
    /// <param name="Operation"><c>I</c>, <c>U</c> or <c>D</c>; null when more happened than is listed.</param>
    /// <param name="Key">The record, or null.</param>
    private sealed record Told(string Transaction, PgTableMap Table, bool IsSideEffect, string? Operation, RecordKey? Key);

    private sealed record Own(string Actor, string? Operation, HashSet<(string Table, RecordKey Key)> Records);

    /// <summary>Listens until cancelled or the connection breaks.</summary>
    /// <param name="started">Called once it listens: from here on nothing is missed.</param>
    /// <param name="cancellationToken">Ends the listening.</param>
    public async Task RunAsync(Func<CancellationToken, Task> started, CancellationToken cancellationToken)
    {
        // The server's end may go without a word; asking now and then tells.
        const int SecondsBetweenQuestions = 10;
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = false, KeepAlive = SecondsBetweenQuestions }.ToString());
        await using var closing = connection.ConfigureAwait(false);
        connection.Notification += (_, e) => Take(e.Payload);
        await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        await PgDatabase.ReadAsync(connection, new SqlText().Append("LISTEN " + PgNotifySql.Channel), r => 0, cancellationToken).ConfigureAwait(false);
        await started(cancellationToken).ConfigureAwait(false);
        while (true)
        {
            await connection.WaitAsync(cancellationToken).ConfigureAwait(false);
            heard();
            for (var i = 0; i < MessagesAtOnce && await connection.WaitAsync(s_drain, cancellationToken).ConfigureAwait(false); i++)
            {
                // Messages of one commit come together; they are looked at together.
            }

            Told[] told = [.. _told.Distinct()];
            _told.Clear();
            if (told.Length > 0)
            {
                await HandleAsync(told, cancellationToken).ConfigureAwait(false);
                heard();
            }
        }
    }

    private void Take(string message)
    {
        // Anybody may send on a channel. What is no trigger's message says nothing of any table.
        if (!message.StartsWith('[') || !TryParse(message, out var parsed))
        {
            return;
        }

        using var document = parsed;
        if (document.RootElement.EnumerateArray().ToList() is not [{ ValueKind: JsonValueKind.String } transaction, { ValueKind: JsonValueKind.String } schema, { ValueKind: JsonValueKind.String } relation, { ValueKind: JsonValueKind.Number } depth, .. var entries]
            || database.TableOf(schema.GetString()!, relation.GetString()!) is not { Schema.IsKeyless: false } table)
        {
            return;
        }

        if (entries.Count == 0)
        {
            _told.Add(new Told(transaction.GetString()!, table, depth.GetInt32() > 1, null, null));
        }

        _told.AddRange(entries.Select(e => new Told(transaction.GetString()!, table, depth.GetInt32() > 1, e[0].GetString(), JournalText.Key(table.Schema, e[1].GetRawText()))));
    }

    private static bool TryParse(string message, [NotNullWhen(true)] out JsonDocument? document)
    {
        var reader = new Utf8JsonReader(System.Text.Encoding.UTF8.GetBytes(message));
        try
        {
            return JsonDocument.TryParseValue(ref reader, out document);
        }
        catch (JsonException)
        {
            document = null;
            return false;
        }
    }

    private async Task HandleAsync(Told[] told, CancellationToken cancellationToken)
    {
        var own = await OwnAsync([.. told.Select(t => t.Transaction).Distinct()], cancellationToken).ConfigureAwait(false);
        foreach (var table in told.Where(t => !IsOwn(t, own.GetValueOrDefault(t.Transaction))).GroupBy(t => t.Table))
        {
            var now = await NowAsync(table.Key, [.. table.Where(t => t.Operation is "I" or "U").Select(t => t.Key!).Distinct()], cancellationToken).ConfigureAwait(false);
            List<ElsewhereChange> changes = [];
            foreach (var one in table)
            {
                if (FoundOf(one, now) is { } found)
                {
                    var writer = own.GetValueOrDefault(one.Transaction);
                    var origin = string.Create(CultureInfo.InvariantCulture, $"n:{one.Transaction}:{found.Table}:{found.Kind}:{found.Key}");
                    changes.Add(new ElsewhereChange(found, writer?.Actor ?? Actors.Elsewhere, writer?.Operation, clock.GetUtcNow(), origin));
                }
            }

            await elsewhere(changes, cancellationToken).ConfigureAwait(false);
        }
    }

    private static bool IsOwn(Told told, Own? entries) => !told.IsSideEffect && entries is not null
        && (told.Key is null ? entries.Records.Any(r => r.Table == told.Table.Schema.Name) : entries.Records.Contains((told.Table.Schema.Name, told.Key)));

    private static Found? FoundOf(Told told, Dictionary<RecordKey, Record> now)
    {
        var table = told.Table.Schema.Name;
        return told.Operation switch
        {
            null => new Found(table, new RecordKey(), ChangeKind.Reset, Patch.Empty, Patch.Empty),
            "D" => new Found(table, told.Key!, ChangeKind.Delete, Patch.Empty, Patch.Empty),
            // What is gone again by now was told as gone, too.
            _ => now.TryGetValue(told.Key!, out var record)
                ? new Found(table, told.Key!, told.Operation == "I" ? ChangeKind.Insert : ChangeKind.Update, Patch.Empty, PgElsewhere.Plain(record))
                : null,
        };
    }

    private async Task<Dictionary<RecordKey, Record>> NowAsync(PgTableMap table, IReadOnlyList<RecordKey> keys, CancellationToken cancellationToken)
    {
        Dictionary<RecordKey, Record> now = [];
        foreach (var some in keys.Chunk(KeysPerRead))
        {
            var sql = Relational.Tables.RelationalTable.ManyOf(some, table.Map);
            foreach (var record in await database.ReadAsync(sql, r => Relational.Tables.RelationalTable.ReadRecord(r, table.Map), cancellationToken).ConfigureAwait(false))
            {
                now[record.Key] = record;
            }
        }

        return now;
    }

    /// <summary>What the journal says of transactions.</summary>
    private async Task<Dictionary<string, Own>> OwnAsync(string[] transactions, CancellationToken cancellationToken)
    {
        var sql = new SqlText();
        sql.Append($"SELECT xid::text, table_name, record_key::text, actor, operation FROM tandem.journal WHERE origin IS NULL AND xid = ANY (${sql.Add(new NpgsqlParameter<string[]> { TypedValue = transactions })}::text[]::xid8[])");
        Dictionary<string, Own> own = [];
        foreach (var (transaction, table, key, actor, operation) in await database.ReadAsync(sql, r => (r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3), r.IsDBNull(4) ? null : r.GetString(4)), cancellationToken).ConfigureAwait(false))
        {
            if (!own.TryGetValue(transaction, out var entries))
            {
                own.Add(transaction, entries = new Own(actor, operation, []));
            }

            entries.Records.Add((table, JournalText.Key(database.SchemaOf(table), key)));
        }

        return own;
    }
}
