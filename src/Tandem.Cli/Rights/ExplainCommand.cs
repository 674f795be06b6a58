using System.CommandLine;
using Tandem.Access;
using Tandem.Cli.Users;
using Tandem.Querying;
using Tandem.Tables;
using Tandem.Web.Rights;
using Tandem.Web.SignIn;
using Tandem.Web.SignIn.Accounts;

namespace Tandem.Cli.Rights;

/// <summary>The command line of <c>tandem explain</c>: whether somebody may do something, and by which grant or role. Policies in code are known to their application alone.</summary>
internal static class ExplainCommand
{
    /// <summary>What a program is told that asks whether somebody may: neither success nor a fault.</summary>
    private const int No = 3;

    public static Command Create()
    {
        var user = new Argument<string>("USER") { Description = "Who." };
        var table = new Argument<string>("TABLE") { Description = "The table." };
        var action = new Argument<string>("ACTION") { Description = $"What: {string.Join(", ", TableActions.All.Select(TableActions.Name))}." };
        var key = new Option<string?>("--key") { Description = "A record's key, as in its address. Without it: any record." };
        var field = new Option<string?>("--field") { Description = "A field. Without it: the record as such." };
        var database = UserCommand.Database();
        var command = new Command("explain", "Say whether somebody may do something, and by which grant or role. Ends with 0 for yes, 3 for no.") { user, table, action, key, field, database };
        command.SetAction((parsed, cancellationToken) => Users.Accounts.WithAsync(
            parsed.GetValue(database),
            accounts => AnswerAsync(accounts, new RightsQuestion(parsed.GetValue(user)!, parsed.GetValue(table)!, parsed.GetValue(action)!, parsed.GetValue(key), parsed.GetValue(field)), cancellationToken),
            cancellationToken));
        return command;
    }

    private static async Task<int> AnswerAsync(Users.Accounts accounts, RightsQuestion question, CancellationToken cancellationToken)
    {
        await using var book = new GrantBook();
        await book.FollowAsync(accounts.Database, TimeProvider.System, cancellationToken);
        var user = await FindAsync(accounts, question.User, cancellationToken);
        var (explanation, fault) = await Explaining.AnswerAsync(accounts.Database, new Access.Rights(false, book, []), name => user, question, cancellationToken);
        if (explanation is null)
        {
            return Failure.Say(fault!.Message);
        }

        Console.WriteLine($"{(explanation.IsAllowed ? "yes" : "no")}: {explanation.Reason}");
        foreach (var step in explanation.Considered)
        {
            Console.WriteLine($"  {step}");
        }

        return explanation.IsAllowed ? 0 : No;
    }

    private static async Task<User?> FindAsync(Users.Accounts accounts, string name, CancellationToken cancellationToken)
    {
        if (await UserActions.FindAsync(accounts, name, cancellationToken) is not { IsDisabled: false } known)
        {
            return null;
        }

        var groups = new GroupGraph();
        foreach (var (record, _) in await accounts.Book.Tables.AllAsync(SystemTables.GroupsName, Filter.All, cancellationToken))
        {
            groups.Set((string)record["name"]!, KnownGroup.From(record));
        }

        foreach (var (record, _) in await accounts.Book.Tables.AllAsync(SystemTables.MembersName, Filter.All, cancellationToken))
        {
            groups.Set(Member.Of(record.Key), true);
        }

        return known.User with { Groups = groups.EffectiveOf(name) };
    }
}
