using System.CommandLine;
using Tandem.Access;

namespace Tandem.Cli.Users;

/// <summary>The command line of <c>tandem user</c>. It works on the database itself; a server that runs before it hears of each change.</summary>
internal static class UserCommand
{
    public static Command Create() => new("user", "See and change who may sign in, whether a server runs or not.")
    {
        List(), Add(), Disable(), Enable(), Password(), Token(),
    };

    private static Command List()
    {
        var database = Database();
        return Acting(new Command("list", "Say who may sign in.") { database }, database, (_, accounts, cancellationToken) => UserActions.ListAsync(accounts, cancellationToken));
    }

    private static Command Add()
    {
        var (name, database) = (Name(), Database());
        var role = new Option<Role>("--role") { Description = "What the user may do before any grant is asked: administrator, editor, viewer or member.", DefaultValueFactory = _ => Role.Member };
        var service = new Option<bool>("--service") { Description = "A program's own account: it gets a token, which is printed, and no password." };
        var password = new Option<bool>("--password") { Description = "Ask for a password now, or read one line of the standard input. Without it a link is printed by which the person chooses one." };
        return Acting(
            new Command("add", "Add a user.") { name, role, service, password, database }, database,
            (parsed, accounts, cancellationToken) => UserActions.AddAsync(
                accounts, parsed.GetValue(name)!, parsed.GetValue(role), parsed.GetValue(service), parsed.GetValue(password), cancellationToken));
    }

    private static Command Disable() => Switch("disable", "Switch an account off: sessions and tokens end at once.", true);

    private static Command Enable() => Switch("enable", "Switch an account on again.", false);

    private static Command Switch(string verb, string description, bool isDisabled)
    {
        var (name, database) = (Name(), Database());
        return Acting(new Command(verb, description) { name, database }, database, (parsed, accounts, cancellationToken) => UserActions.SwitchAsync(accounts, parsed.GetValue(name)!, isDisabled, cancellationToken));
    }

    private static Command Password()
    {
        var (name, database) = (Name(), Database());
        return Acting(
            new Command("password", "Set a password, asked for or read from one line of the standard input. Every session of the user ends.") { name, database }, database,
            (parsed, accounts, cancellationToken) => UserActions.PasswordAsync(accounts, parsed.GetValue(name)!, cancellationToken));
    }

    private static Command Token()
    {
        var (name, database) = (Name(), Database());
        var purpose = new Option<string>("--for") { Description = "What the token is for.", DefaultValueFactory = _ => "command line" };
        var scopes = new Option<string?>("--scopes") { Description = "What it is good for, such as \"view change:orders\". Without it: all that the user may do." };
        var days = new Option<int?>("--days") { Description = "After how many days it ends. Without it: when it is revoked." };
        return Acting(
            new Command("token", "Make a token and print it; it is not shown again.") { name, purpose, scopes, days, database }, database,
            (parsed, accounts, cancellationToken) => UserActions.TokenAsync(
                accounts, parsed.GetValue(name)!, parsed.GetValue(purpose)!, parsed.GetValue(scopes), parsed.GetValue(days), cancellationToken));
    }

    private static Argument<string> Name() => new("NAME") { Description = "The user's name." };

    public static Option<string?> Database() => new("--database")
    {
        Description = "A SQLite file, postgresql://user:password@host/database, or a key-value connection string, as for serve. Without it: bakery.db.",
    };

    private static Command Acting(Command command, Option<string?> database, Func<ParseResult, Accounts, CancellationToken, Task<int>> act)
    {
        command.SetAction((parsed, cancellationToken) => Accounts.WithAsync(parsed.GetValue(database), accounts => act(parsed, accounts, cancellationToken), cancellationToken));
        return command;
    }
}
