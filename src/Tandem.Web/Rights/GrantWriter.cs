using Tandem.Access;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Tables;
using Tandem.Web.SignIn;

namespace Tandem.Web.Rights;

/// <summary>What became of a grant that was given or taken back.</summary>
/// <param name="Grant">The grant; null when it was refused or is not there.</param>
/// <param name="Errors">What was wrong.</param>
internal sealed record GrantResult(Grant? Grant, IReadOnlyList<FieldError> Errors);

/// <summary>Gives grants and takes them back. Callers have asked for the right to administer.</summary>
internal sealed class GrantWriter(TandemApp app, UserStore users)
{
    private const string Forever = "This database is read only, or was never written by Tandem, so no grants can be kept. Open it for writing.";

    public async Task<GrantResult> GiveAsync(Grant grant, User by, CancellationToken cancellationToken)
    {
        if (app.Find(grant.Table ?? "")?.Schema is { } schema && grant.Key is { } key)
        {
            grant = grant with { Key = GrantRules.KeyOf(schema, key) };
        }

        var errors = GrantRules.Check(app.Database, grant, (kind, name) => kind == SubjectKind.Group ? users.FindGroup(name) is not null : users.FindKnown(name) is not null);
        if (errors.Count > 0)
        {
            return new GrantResult(null, errors);
        }

        if (app.Database.IsReadOnly || app.Database.FindSystem(SystemTables.GrantsName) is not { } table)
        {
            return new GrantResult(null, [new FieldError("", Forever)]);
        }

        return await table.WriteAsync(new Write.Insert(grant.ToPatch(), new WriteContext(by.Name)), cancellationToken) switch
        {
            WriteResult.Written => new GrantResult(grant, []),
            WriteResult.Rejected rejected when rejected.Errors.Any(e => e.Message.Contains("used by another", StringComparison.Ordinal)) =>
                new GrantResult(null, [new FieldError("record_key", "There is such a grant for this record already. Take it back first, or choose another.")]),
            WriteResult.Rejected rejected => new GrantResult(null, rejected.Errors),
            _ => new GrantResult(null, [new FieldError("", "The grant could not be stored. Try again.")]),
        };
    }

    /// <returns>The grant that was taken back; null when there is none of that id.</returns>
    public async Task<Grant?> TakeBackAsync(string id, User by, CancellationToken cancellationToken) =>
        app.Database.FindSystem(SystemTables.GrantsName) is { } table && await FindAsync(table, id, cancellationToken) is { } grant
            && await table.WriteAsync(new Write.Delete(new RecordKey(id), Guard.None, new WriteContext(by.Name)), cancellationToken) is WriteResult.Written
                ? grant
                : null;

    /// <summary>The grants in the order they count in, those of single records last and only some of them.</summary>
    /// <param name="table">Only those about a table, or null for all.</param>
    /// <param name="subject">Only those for a user or group of this name, or null for all.</param>
    /// <param name="first">How many at most.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public async Task<IReadOnlyList<Grant>> ListAsync(string? table, string? subject, int first, CancellationToken cancellationToken)
    {
        if (app.Database.FindSystem(SystemTables.GrantsName) is not { } grants)
        {
            return [];
        }

        var filter = (table is null ? Filter.All : Filter.Eq("table_name", table)) & (subject is null ? Filter.All : Filter.Eq("subject", subject));
        var general = await grants.QueryAsync(new Query { Filter = filter & Filter.Eq("record_key", null), First = first, Order = [new Order("table_name"), new Order("subject_kind")] }, cancellationToken);
        var single = await grants.QueryAsync(new Query { Filter = filter & new Filter.Compare("record_key", CompareOperator.NotEqual, null), First = first }, cancellationToken);
        return [.. general.Records.Concat(single.Records).Take(first).Select(r => Grant.From(f => r[f])).OfType<Grant>()];
    }

    /// <summary>How many grants there are, of all or about a table or for a name.</summary>
    public async Task<long> CountAsync(string? table, string? subject, CancellationToken cancellationToken) => app.Database.FindSystem(SystemTables.GrantsName) is { } grants
        ? await grants.CountAsync((table is null ? Filter.All : Filter.Eq("table_name", table)) & (subject is null ? Filter.All : Filter.Eq("subject", subject)), cancellationToken)
        : 0;

    private static async Task<Grant?> FindAsync(ITable table, string id, CancellationToken cancellationToken) =>
        await table.GetAsync(new RecordKey(id), cancellationToken) is { } record ? Grant.From(f => record[f]) : null;
}
