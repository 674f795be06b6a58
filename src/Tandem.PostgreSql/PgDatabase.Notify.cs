using Npgsql;
using Tandem.Relational.Sql;

namespace Tandem.PostgreSql;

/// <content>The triggers that notify, made where the operator agreed to them.</content>
public sealed partial class PgDatabase
{
    /// <summary>Makes the triggers where they are missing or name another key.</summary>
    /// <returns>Why they cannot be made, or null.</returns>
    private async Task<string?> InstallTriggersAsync(CancellationToken cancellationToken)
    {
        var tables = _catalog.ByRelation.Values.Where(t => t.IsPublishable && !t.Schema.IsSystem).ToList();
        var present = (await ReadAsync(new SqlText().Append(PgNotifySql.PresentSql), r => (Name: r.GetString(0), Keys: r.GetString(1)), cancellationToken).ConfigureAwait(false)).ToHashSet();
        var missing = tables.Where(t => !present.Contains((t.Map.QuotedName, PgNotifySql.ArgumentsOf(t.Schema)))).ToList();
        if (missing.Count == 0)
        {
            return null;
        }

        try
        {
            var sql = $"BEGIN; SELECT pg_advisory_xact_lock({PgElsewhere.LockKey}); {PgNotifySql.FunctionSql} {string.Concat(missing.Select(PgNotifySql.TriggersOf))} COMMIT;";
            await ReadAsync(new SqlText().Append(sql), r => 0, cancellationToken).ConfigureAwait(false);
            _notes.Add($"made triggers on {missing.Count} tables, through which other programs' writes are heard");
            return null;
        }
        catch (PostgresException e) when (e.SqlState is "42501" or "42809" or "0A000")
        {
            return e.SqlState == "42501" ? "the database user may not make triggers" : "the triggers could not be made";
        }
    }
}
