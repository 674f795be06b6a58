using Tandem.Access;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Specification.Access;

/// <summary>
/// The rules of docs/rights.md read literally and slowly: for one record and field, every grant that speaks of it is put in order, and the first decides.
/// It shares nothing with the code that folds grants into filters.
/// </summary>
public sealed class ReferenceRights(IReadOnlyList<Grant> grants, Func<User, Record, bool>? policy)
{
    private sealed record Voice(int Level, int Subject, int Action, bool IsAllow, bool IsOfAll);

    /// <summary>Whether a record may be acted on, writing included.</summary>
    public bool May(User user, TableAction action, Record record) =>
        user.Role == Role.Administrator || (MayAlone(user, action, record) && (action is TableAction.View or TableAction.List or TableAction.Add || MayAlone(user, TableAction.View, record)));

    /// <summary>Whether a field may be acted on, where the record may.</summary>
    public bool MayField(User user, TableAction action, TableSchema schema, string field)
    {
        if (user.Role == Role.Administrator)
        {
            return true;
        }

        var isLook = action is TableAction.View or TableAction.List;
        if (!isLook && !MayField(user, TableAction.View, schema, field))
        {
            return false;
        }

        if (isLook && schema.IsKeyField(field))
        {
            return true;
        }

        var voice = OfField(user, action, field);
        return voice?.IsAllow ?? !OnlyFields(user, action);
    }

    private bool MayAlone(User user, TableAction action, Record record)
    {
        var voices = Records(user, action).Where(v => v.Covers(record)).Select(v => v.Voice).ToList();
        if (OnlyFields(user, action))
        {
            // Every record but those that are denied by themselves.
            return voices.Where(v => v.Level <= 1).OrderBy(Rank).FirstOrDefault()?.IsAllow ?? true;
        }

        return voices.OrderBy(Rank).FirstOrDefault()?.IsAllow ?? false;
    }

    /// <summary>Whether fields are all that is given: some are allowed, and no grant, policy or role gives records.</summary>
    private bool OnlyFields(User user, TableAction action)
    {
        if (policy is not null || !grants.Any(g => g.Fields?.Any(f => OfField(user, action, f) is { IsAllow: true }) == true))
        {
            return false;
        }

        foreach (var (voice, _) in Records(user, action).OrderBy(v => Rank(v.Voice)))
        {
            if (voice.IsAllow || voice.IsOfAll)
            {
                return !voice.IsAllow;
            }
        }

        return true;
    }

    private Voice? OfField(User user, TableAction action, string field) => grants
        .Where(g => g.Fields?.Contains(field) == true && Speaks(g, user, action))
        .SelectMany(g => Actions(action).Where(a => g.Actions.Contains(a.Action)).Select(a => new Voice(0, (int)g.SubjectKind, a.Rank, g.IsAllow, false)))
        .OrderBy(Rank)
        .FirstOrDefault();

    private IEnumerable<(Voice Voice, Func<Record, bool> Covers)> Records(User user, TableAction action)
    {
        foreach (var grant in grants.Where(g => g.Fields is null && Speaks(g, user, action)))
        {
            var level = grant.Key is not null ? 0 : grant.Filter is not null ? 1 : grant.Table is not null ? 3 : 4;
            if (level >= 3 && policy is not null)
            {
                continue;
            }

            foreach (var (_, rank) in Actions(action).Where(a => grant.Actions.Contains(a.Action)))
            {
                yield return (new Voice(level, (int)grant.SubjectKind, rank, grant.IsAllow, level >= 3), record =>
                    grant.Key is { } key ? ValueText.Plain(record.Key.Values[0]) == key
                    : grant.Filter is not { } filter || FilterEvaluator.Holds(FilterParser.Parse(record.Schema, filter.Replace("{user}", user.Name, StringComparison.Ordinal)), record));
            }
        }

        if (policy is not null)
        {
            // After everything else that speaks of some records, and before nothing.
            yield return (new Voice(2, 0, 0, true, false), record => policy(user, record));
            yield return (new Voice(2, 1, 0, false, true), _ => true);
        }
        else if (user.Role == Role.Editor || (user.Role == Role.Viewer && action is TableAction.View or TableAction.List && user.Role == Role.Viewer))
        {
            yield return (new Voice(5, 0, 0, true, true), _ => true);
        }
    }

    private static IEnumerable<(TableAction Action, int Rank)> Actions(TableAction action) =>
        action == TableAction.List ? [(TableAction.List, 0), (TableAction.View, 1)] : [(action, 0)];

    private static bool Speaks(Grant grant, User user, TableAction action) =>
        Actions(action).Any(a => grant.Actions.Contains(a.Action)) && grant.SubjectKind switch
        {
            SubjectKind.User => grant.Subject == user.Name,
            SubjectKind.Group => user.Groups.Contains(grant.Subject),
            _ => true,
        };

    private static (int, int, int, int) Rank(Voice voice) => (voice.Level, voice.Subject, voice.Action, voice.IsAllow ? 1 : 0);
}
