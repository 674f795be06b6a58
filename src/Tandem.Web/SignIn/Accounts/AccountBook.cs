using Tandem.Access;
using Tandem.Accounts;
using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Web.SignIn.Accounts;

/// <summary>
/// Writes accounts: users, their passwords and tokens, groups. It needs nothing but the database, so the command line uses it beside a running
/// server, which hears of each change by its feed. Callers have asked for the right. Safe from any thread.
/// </summary>
/// <param name="tables">Where accounts are kept.</param>
/// <param name="options">What passwords must be like.</param>
/// <param name="clock">Tells the time.</param>
internal sealed partial class AccountBook(AccountTables tables, SignInOptions options, TimeProvider clock)
{
    private const string Frozen = "This server was started with --read-only, and the database keeps this. Start it without --read-only to change it.";

    /// <summary>Told of every record that was written, before the call that wrote it answers.</summary>
    public Func<IReadOnlyList<(string Table, RecordKey Key)>, Task> Wrote { get; init; } = _ => Task.CompletedTask;

    public AccountTables Tables => tables;

    /// <summary>Adds a user, and a first token where one is asked for.</summary>
    public async Task<AccountResult> AddUserAsync(NewUser user, string by, CancellationToken cancellationToken)
    {
        var name = user.Name.Trim();
        if (FindNameFault(name) is { } fault)
        {
            return new AccountResult.Refused("name", fault);
        }

        if ((await tables.GetAsync(SystemTables.UsersName, new RecordKey(name), cancellationToken)).Record is not null)
        {
            return new AccountResult.Refused("name", $"There is a user named '{name}' already. Choose another name.");
        }

        List<Write> writes = [new Write.Insert(UserValues(user with { Name = name }), new WriteContext(by))];
        List<string> into = [SystemTables.UsersName];
        string? token = null, id = null;
        if (user.HasToken)
        {
            (token, id) = (SignIn.Tokens.New(), NewId());
            into.Add(SystemTables.TokensName);
            writes.Add(new Write.Insert(TokenValues(id, name, "first token", token, null, null), new WriteContext(by)));
        }

        return await WriteAsync(into, writes, cancellationToken) ?? new AccountResult.Done { Id = name, Secret = token };
    }

    /// <summary>Changes fields of a user: <c>role</c>, <c>email</c>, <c>is_disabled</c>, <c>may_use_api</c> and the like.</summary>
    public Task<AccountResult> ChangeUserAsync(string name, Patch set, string by, CancellationToken cancellationToken) =>
        UpdateAsync(SystemTables.UsersName, new RecordKey(name), set, Guard.None, by, cancellationToken);

    /// <summary>Removes a user with everything that hangs on the name: grants, tokens, links, memberships.</summary>
    public async Task<AccountResult> RemoveUserAsync(string name, string by, CancellationToken cancellationToken)
    {
        var key = new RecordKey(name);
        if (await tables.IsFrozenAsync(SystemTables.UsersName, key, cancellationToken))
        {
            return new AccountResult.Refused("name", $"This server was started with --read-only, and the database keeps '{name}'. Start it without --read-only to remove them.");
        }

        var context = new WriteContext(by);
        List<string> from = [SystemTables.UsersName];
        List<Write> writes = [new Write.Delete(key, Guard.None, context)];
        await AddRemovalsAsync(SystemTables.TokensName, Querying.Filter.Eq("user_name", name));
        await AddRemovalsAsync(SystemTables.LinksName, Querying.Filter.Eq("user_name", name));
        await AddRemovalsAsync(SystemTables.MembersName, Querying.Filter.Eq("kind", "user") & Querying.Filter.Eq("member", name));
        await RemoveGrantsAsync("user", name, context, cancellationToken);
        return await WriteAsync(from, writes, cancellationToken) ?? new AccountResult.Done();

        async Task AddRemovalsAsync(string table, Querying.Filter filter)
        {
            foreach (var (record, isKept) in await tables.AllAsync(table, filter, cancellationToken))
            {
                if (!(isKept && await tables.IsFrozenAsync(table, record.Key, cancellationToken)))
                {
                    from.Add(table);
                    writes.Add(new Write.Delete(record.Key, Guard.None, context));
                }
            }
        }
    }

    /// <summary>Takes back what was given to a name, before the name is free for somebody else: by the thousand, so that any number of grants of single records goes.</summary>
    private async Task RemoveGrantsAsync(string kind, string name, WriteContext by, CancellationToken cancellationToken)
    {
        const int Together = 1_000;
        if (!AccountTables.IsStorable(name))
        {
            return;
        }

        var filter = Querying.Filter.Eq("subject_kind", kind) & Querying.Filter.Eq("subject", name);
        while (tables.Writable.FindSystem(SystemTables.GrantsName) is { } grants
            && (await grants.QueryAsync(new Querying.Query { Filter = filter, First = Together, Fields = ["id"] }, cancellationToken)).Records is { Count: > 0 } given)
        {
            var removed = await grants.WriteAllAsync([.. given.Select(g => new Write.Delete(g.Key, Guard.None, by))], cancellationToken);
            if (!removed.IsCommitted && !removed.Results.Any(r => r is WriteResult.Missing))
            {
                throw new InvalidOperationException($"The grants of a name that is removed could not be taken back: {removed.Results.FirstOrDefault(r => r is not WriteResult.Written)}.");
            }
        }
    }

    /// <summary>Ends every session of a user: cookies of another stamp are none.</summary>
    public Task<AccountResult> SignOutEverywhereAsync(KnownUser user, string by, CancellationToken cancellationToken) =>
        SetOrAddAsync(user, Patch.Of("stamp", SignIn.Tokens.New()), by, cancellationToken);

    /// <summary>Sets fields of a user; one whom only options name gets a record for it.</summary>
    private async Task<AccountResult> SetOrAddAsync(KnownUser user, Patch set, string by, CancellationToken cancellationToken)
    {
        var name = user.User.Name;
        if (user.IsNamed && (await tables.GetAsync(SystemTables.UsersName, new RecordKey(name), cancellationToken)).Record is null)
        {
            var values = set.Aggregate(UserValues(new NewUser(name, user.User.Role)), (all, s) => all.With(s.Key, s.Value));
            return await WriteAsync([SystemTables.UsersName], [new Write.Insert(values, new WriteContext(by))], cancellationToken) ?? new AccountResult.Done();
        }

        return await ChangeUserAsync(name, set, by, cancellationToken);
    }

    private async Task<AccountResult> UpdateAsync(string table, RecordKey key, Patch set, Guard guard, string by, CancellationToken cancellationToken)
    {
        if (await tables.IsFrozenAsync(table, key, cancellationToken))
        {
            return new AccountResult.Refused(set.Select(s => s.Key).FirstOrDefault("name"), Frozen);
        }

        return await WriteAsync([table], [new Write.Update(key, set, guard, new WriteContext(by))], cancellationToken) ?? new AccountResult.Done();
    }

    /// <summary>Writes, all or nothing.</summary>
    /// <returns>Why not; null when it is done.</returns>
    private async Task<AccountResult?> WriteAsync(IReadOnlyList<string> names, IReadOnlyList<Write> writes, CancellationToken cancellationToken)
    {
        if (writes.Select(w => w is Write.Delete delete ? delete.Key : w is Write.Update update ? update.Key : null).Any(k => k is not null && !k.Values.ToArray().All(AccountTables.IsStorable)))
        {
            return new AccountResult.Unknown("It is not there.");
        }

        foreach (var (field, value) in writes.SelectMany(w => w is Write.Insert insert ? insert.Values : w is Write.Update update ? update.Set : Patch.Empty))
        {
            if (!AccountTables.IsStorable(value))
            {
                return new AccountResult.Refused(field, "This text has characters that cannot be kept. Leave them out.");
            }
        }

        var result = await tables.Writable.WriteAllAsync(
            [.. writes.Select((w, i) => new TableWrite(tables.WritableTable(names[i]).Schema.Name, w))], cancellationToken);
        if (result.IsCommitted)
        {
            await Wrote([.. result.Results.Select((r, i) => (names[i], ((WriteResult.Written)r).Stored.Key))]);
            return null;
        }

        var refused = result.Results.First(r => r is not WriteResult.Written);
        return refused switch
        {
            WriteResult.Rejected rejected => new AccountResult.Refused(rejected.Errors),
            WriteResult.Missing => new AccountResult.Unknown("It is not there any more."),
            _ => new AccountResult.Refused("name", "Somebody else changed this at the same moment. Try again."),
        };
    }

    /// <summary>What is wrong with a name of a user or a group, or null.</summary>
    private static string? FindNameFault(string name) =>
        name.Length is 0 or > 200 || name.Any(char.IsControl) ? "Enter a name of 1 to 200 characters." : null;

    private Patch UserValues(NewUser user) => new(
    [
        new("name", user.Name), new("role", RoleNames.Of(user.Role)), new("kind", user.IsService ? "service" : "person"), new("email", user.Email),
        new("is_disabled", false), new("may_use_api", true), new("created_at", Now()), new("failed_sign_ins", 0L), new("stamp", SignIn.Tokens.New()),
        new("external_id", user.ExternalId),
    ]);

    // Databases keep microseconds; what is compared later must read back the same.
    private DateTimeOffset Now() => clock.GetUtcNow() is var now ? now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMillisecond)) : default;

    private static string NewId() => Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(8));
}

/// <summary>A user to add.</summary>
/// <param name="Name">The name that other people see.</param>
/// <param name="Role">What the user may do before any grant is asked.</param>
internal sealed record NewUser(string Name, Role Role)
{
    /// <summary>Whether it is a program's own account.</summary>
    public bool IsService { get; init; }

    public string? Email { get; init; }

    /// <summary>Who this is at the OpenID provider.</summary>
    public string? ExternalId { get; init; }

    /// <summary>Whether a first token is made with it.</summary>
    public bool HasToken { get; init; }
}
