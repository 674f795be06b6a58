using Npgsql;
using Tandem.Relational.Sql;

namespace Tandem.PostgreSql;

/// <content>Starting: Tandem's own tables, and the publication that replication listens to.</content>
public sealed partial class PgDatabase
{
    private string? _whyNotReplicating;
    private bool _notifies;
    private bool _isStarted;

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        Product = "PostgreSQL " + (await ReadAsync(new SqlText().Append("SELECT split_part(current_setting('server_version'), ' ', 1)"), r => r.GetString(0), cancellationToken).ConfigureAwait(false))[0];
        if (!IsReadOnly)
        {
            await EnsureTablesAsync(cancellationToken).ConfigureAwait(false);
            HasJournal = true;
        }

        await ReloadAsync(cancellationToken).ConfigureAwait(false);
        _whyNotReplicating = IsReadOnly ? "since replication would write a publication"
            : !_options.UseReplication ? "as asked"
            : await PublishAsync(cancellationToken).ConfigureAwait(false);
        var hearing = _whyNotReplicating is null ? Hearing.Replication : Hearing.Polling;
        var why = _whyNotReplicating;
        if (why is not null && _options.UseNotify && !IsReadOnly)
        {
            var refused = await InstallTriggersAsync(cancellationToken).ConfigureAwait(false);
            (hearing, why) = refused is null ? (Hearing.Notify, why) : (Hearing.Polling, $"{why}, and {refused}");
            _notifies = refused is null;
        }

        await PgFeed.StartAsync(hearing, why, cancellationToken).ConfigureAwait(false);
        _isStarted = true;
    }

    private async Task EnsureTablesAsync(CancellationToken cancellationToken)
    {
        var (tables, isCurrent) = (await ReadAsync(new SqlText().Append(PgOwnTables.StateSql), r => (r.GetInt64(0), r.GetBoolean(1)), cancellationToken).ConfigureAwait(false))[0];
        if (isCurrent)
        {
            return;
        }

        // Two nodes that start together would both create; the lock makes the second find them made.
        await ReadAsync(new SqlText().Append($"BEGIN; SELECT pg_advisory_xact_lock({PgElsewhere.LockKey}); {PgOwnTables.CreateSql} COMMIT;"), r => 0, cancellationToken).ConfigureAwait(false);
        _notes.Add(tables == 0
            ? "made Tandem's own tables: journal, users, settings and leases in schema tandem"
            : "brought Tandem's own tables in schema tandem up to date");
    }

    /// <summary>Makes or completes the publication that replication listens to.</summary>
    /// <returns>Why replication cannot be used, or null.</returns>
    /// <remarks>Only tables with a primary key are published: on any other, publishing would make updates by other programs fail.</remarks>
    private async Task<string?> PublishAsync(CancellationToken cancellationToken)
    {
        const string Facts = $"SELECT current_setting('wal_level'), (SELECT rolsuper OR rolreplication FROM pg_roles WHERE rolname = current_user), EXISTS (SELECT 1 FROM pg_publication WHERE pubname = '{PgReplication.Publication}')";
        var (level, mayReplicate, exists) = (await ReadAsync(new SqlText().Append(Facts), r => (r.GetString(0), r.GetBoolean(1), r.GetBoolean(2)), cancellationToken).ConfigureAwait(false))[0];
        if (level != "logical")
        {
            return "since the server's wal_level is not logical";
        }

        if (!mayReplicate)
        {
            return "since the database user may not replicate";
        }

        try
        {
            var tables = string.Join(", ", _catalog.ByRelation.Values.Where(t => t.IsPublishable && (!t.Schema.IsSystem || t.Schema.Name == "tandem.journal")).Select(t => t.Map.QuotedName));
            // Nodes that start together would stand in each other's way; under the lock the second finds what the first made.
            var sql = $"""
                BEGIN;
                SELECT pg_advisory_xact_lock({PgElsewhere.LockKey});
                DO $publish_{PgReplication.Publication}$ BEGIN
                    IF EXISTS (SELECT 1 FROM pg_publication WHERE pubname = '{PgReplication.Publication}') THEN
                        ALTER PUBLICATION {PgReplication.Publication} SET TABLE {tables};
                    ELSE
                        CREATE PUBLICATION {PgReplication.Publication} FOR TABLE {tables} WITH (publish_via_partition_root = true);
                    END IF;
                END $publish_{PgReplication.Publication}$;
                COMMIT;
                """;
            await ReadAsync(new SqlText().Append(sql), r => 0, cancellationToken).ConfigureAwait(false);
            if (!exists)
            {
                _notes.Add("made the publication tandem, through which other programs' writes are heard");
            }

            return null;
        }
        catch (PostgresException e) when (e.SqlState is "42501" or "42710" or "55006" or "XX000")
        {
            return e.SqlState == "42501" ? "since the database user may not publish the tables" : "since the publication could not be made";
        }
    }
}
