using Tandem.Access;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Tables;
using Tandem.Web.SignIn;
using Tandem.Web.SignIn.Accounts;

namespace Tandem.Cli.Users;

/// <summary>What <c>tandem user</c> does. What programs take, a token or a list, goes to the standard output alone.</summary>
internal static class UserActions
{
    public static async Task<int> ListAsync(Accounts accounts, CancellationToken cancellationToken)
    {
        var all = await accounts.Book.Tables.AllAsync(SystemTables.UsersName, Filter.All, cancellationToken);
        foreach (var user in all.Select(u => KnownUser.From(u.Record, u.IsKept)).OfType<KnownUser>().OrderBy(u => u.User.Name, StringComparer.Ordinal))
        {
            string[] words =
            [
                user.User.Name, RoleNames.Of(user.User.Role), user.User.IsService ? "service" : "person",
                .. user.IsDisabled ? ["disabled"] : Array.Empty<string>(), .. user.MayUseApi ? Array.Empty<string>() : ["no REST access"],
            ];
            Console.WriteLine(string.Join('\t', words));
        }

        return 0;
    }

    public static async Task<int> AddAsync(Accounts accounts, string name, Role role, bool isService, bool hasPassword, CancellationToken cancellationToken)
    {
        if (isService && hasPassword)
        {
            return Failure.Say("A program's account has no password. Leave out --password.");
        }

        var password = hasPassword ? PasswordInput.Read(name) : null;
        if (password is not null && PasswordRules.FindFault(password, name, new Tandem.Accounts.SignInOptions().Passwords) is { } fault)
        {
            return Failure.Say(fault);
        }

        var added = await accounts.Book.AddUserAsync(new NewUser(name, role) { IsService = isService, HasToken = isService }, Accounts.By, cancellationToken);
        if (added is not AccountResult.Done done)
        {
            return Refused(added);
        }

        var user = (await accounts.Book.ReadUserAsync(done.Id!, cancellationToken))!;
        if (password is not null)
        {
            return Said(await accounts.Book.SetPasswordAsync(user, password, Accounts.By, cancellationToken), $"Added {done.Id} with a password.");
        }

        if (isService)
        {
            await Console.Error.WriteLineAsync($"Added {done.Id}. Its token is not shown again:");
            Console.WriteLine(done.Secret);
            return 0;
        }

        var code = await accounts.Book.AddLinkAsync(user, LinkPurpose.SignIn, Accounts.By, cancellationToken);
        await Console.Error.WriteLineAsync($"Added {done.Id}. Within seven days this address of your server signs them in once, and a password can be chosen:");
        Console.WriteLine($"/sign-in?code={code}");
        return 0;
    }

    public static async Task<int> SwitchAsync(Accounts accounts, string name, bool isDisabled, CancellationToken cancellationToken) =>
        await FindAsync(accounts, name, cancellationToken) is null
            ? Nobody(name)
            : Said(await accounts.Book.ChangeUserAsync(name, Patch.Of("is_disabled", isDisabled), Accounts.By, cancellationToken), $"{name} is switched {(isDisabled ? "off" : "on")}.");

    public static async Task<int> PasswordAsync(Accounts accounts, string name, CancellationToken cancellationToken)
    {
        if (await FindAsync(accounts, name, cancellationToken) is not { } user)
        {
            return Nobody(name);
        }

        return Said(await accounts.Book.SetPasswordAsync(user, PasswordInput.Read(name), Accounts.By, cancellationToken), $"The password of {name} is set.");
    }

    public static async Task<int> TokenAsync(Accounts accounts, string name, string purpose, string? scopes, int? days, CancellationToken cancellationToken)
    {
        if (days is < 1 or > 36_500)
        {
            return Failure.Say($"--days {days} is no number of days. Write 1 to 36500, or leave it out.");
        }

        if (await FindAsync(accounts, name, cancellationToken) is null)
        {
            return Nobody(name);
        }

        DateTimeOffset? expiresAt = days is { } number ? TimeProvider.System.GetUtcNow().AddDays(number) : null;
        var made = await accounts.Book.AddTokenAsync(name, purpose, scopes, expiresAt, Accounts.By, cancellationToken);
        if (made is not AccountResult.Done done)
        {
            return Refused(made);
        }

        Console.WriteLine(done.Secret);
        return 0;
    }

    /// <summary>A user that the table holds, or the administrator, whom every server knows without it.</summary>
    public static async Task<KnownUser?> FindAsync(Accounts accounts, string name, CancellationToken cancellationToken) =>
        await accounts.Book.ReadUserAsync(name, cancellationToken)
        ?? (name == "administrator" ? new KnownUser(new User(name, Role.Administrator)) { IsNamed = true } : null);

    private static int Nobody(string name) => Failure.Say($"There is no user '{name}'. 'tandem user list' says who there is.");

    private static int Said(AccountResult result, string words)
    {
        if (result is not AccountResult.Done)
        {
            return Refused(result);
        }

        Console.WriteLine(words);
        return 0;
    }

    private static int Refused(AccountResult result) => Failure.Say(result switch
    {
        AccountResult.Refused refused => refused.Message,
        AccountResult.Unknown unknown => unknown.Message,
        _ => throw new InvalidOperationException($"Unknown outcome {result.GetType().Name}."),
    });
}
