using Tandem.Access;
using Tandem.Changes;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Web.SignIn;

namespace Tandem.Web.Live;

/// <summary>Decides, for the changes of one batch, who may hear of what. Each question is asked once per user.</summary>
internal sealed class ChangeAccess(TandemApp app, UserStore users)
{
    private readonly Dictionary<(string User, string Table), AccessDecision> _decisions = [];
    private readonly Dictionary<(string Table, RecordKey Key), Record?> _records = [];

    public async ValueTask<bool> MaySeeAsync(string user, TableSchema schema, Change change, CancellationToken cancellationToken)
    {
        var decision = Decide(user, schema);
        if (!decision.IsAllowed || decision.Filter is Filter.AllFilter)
        {
            return decision.IsAllowed;
        }

        if (change.Kind == ChangeKind.Reset)
        {
            return true;
        }

        var record = await RecordAsync(schema, change, cancellationToken);
        return record is not null && FilterEvaluator.Holds(decision.Filter, record);
    }

    /// <summary>Whether a user may read labels of every record of a table.</summary>
    public bool MayName(string user, TableSchema target) => Decide(user, target) is { IsAllowed: true, Filter: Filter.AllFilter };

    private AccessDecision Decide(string user, TableSchema schema)
    {
        if (!_decisions.TryGetValue((user, schema.Name), out var decision))
        {
            _decisions[(user, schema.Name)] = decision = app.Access.Decide(users.Find(user), schema, TableAction.View);
        }

        return decision;
    }

    private async ValueTask<Record?> RecordAsync(TableSchema schema, Change change, CancellationToken cancellationToken)
    {
        if (!_records.TryGetValue((schema.Name, change.Key), out var record))
        {
            record = change.Kind == ChangeKind.Delete
                ? new Record(schema, [.. schema.Fields.Select(f => change.Before.GetValueOrDefault(f.Name))])
                : app.Find(schema.Name) is { } table ? await table.GetAsync(change.Key, cancellationToken) : null;
            _records[(schema.Name, change.Key)] = record;
        }

        return record;
    }
}
