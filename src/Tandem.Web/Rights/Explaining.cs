using Tandem.Access;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Tables;
using Tandem.Web.SignIn;

namespace Tandem.Web.Rights;

/// <summary>A question about rights as people ask it: all of it text.</summary>
internal sealed record RightsQuestion(string User, string Table, string Action, string? Key, string? Field);

/// <summary>Answers why somebody may or may not do something.</summary>
internal sealed class Explaining(TandemApp app, UserStore users)
{
    /// <summary>Answers a question.</summary>
    /// <returns>The explanation; or null and what is wrong with the question, by its part.</returns>
    /// <param name="question">The question.</param>
    /// <param name="asker">Who asks: about themselves their token's scopes count too.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<(Explanation? Explanation, FieldError? Fault)> AnswerAsync(RightsQuestion question, User asker, CancellationToken cancellationToken) =>
        AnswerAsync(app.Database, app.Rights, name => name == asker.Name ? asker : users.Find(name), question, cancellationToken);

    /// <param name="database">The tables.</param>
    /// <param name="rights">Decides.</param>
    /// <param name="find">Finds a user who may sign in.</param>
    /// <param name="question">The question.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<(Explanation? Explanation, FieldError? Fault)> AnswerAsync(
        IDatabase database, Tandem.Access.Rights rights, Func<string, User?> find, RightsQuestion question, CancellationToken cancellationToken)
    {
        if (find(question.User) is not { } user)
        {
            return (null, new FieldError("user", $"There is no user '{question.User}' who may sign in. Check the name."));
        }

        if (!TableActions.TryParse(question.Action, out var action))
        {
            return (null, new FieldError("action", $"'{question.Action}' is no action. Use {string.Join(", ", TableActions.All.Select(TableActions.Name))}."));
        }

        if (action == TableAction.Administer)
        {
            var decision = rights.Decide(user, null, action);
            return (new Explanation(decision.IsAllowed, decision.Reason, [decision.Reason]), null);
        }

        if (database.Find(question.Table) is not { } table)
        {
            return (null, new FieldError("table", $"There is no table '{question.Table}'. Check the name."));
        }

        if (question.Field is { } field && table.Schema.Find(field) is not { IsSecret: false })
        {
            return (null, new FieldError("field", $"Table '{question.Table}' has no field '{field}'. Check the name."));
        }

        Record? record = null;
        if (question.Key is { } text)
        {
            record = RecordKey.TryParse(table.Schema, text, out var key) ? await table.GetAsync(key, cancellationToken) : null;
            if (record is null)
            {
                return (null, new FieldError("key", $"Table '{question.Table}' has no record '{text}'. Copy the key from the record's address."));
            }
        }

        return (await NamedAsync(database, rights.Explain(user, table.Schema, action, record, question.Field), cancellationToken), null);
    }

    /// <summary>Grants of single records are joined, not kept as such; the one that decides is looked up.</summary>
    private static async Task<Explanation> NamedAsync(IDatabase database, Explanation explanation, CancellationToken cancellationToken)
    {
        if (explanation is not { Listed: { } listed, Grant: null } || database.Find(listed.Table) is not { } table)
        {
            return explanation;
        }

        var found = (await table.QueryAsync(new Query { Filter = listed.Where, First = 1 }, cancellationToken)).Records;
        return found.Select(r => Grant.From(f => r[f])).FirstOrDefault() is { } grant
            ? explanation with { Grant = grant, Reason = $"The grant “{grant}” {(explanation.IsAllowed ? "allows" : "denies")} it." }
            : explanation;
    }
}
