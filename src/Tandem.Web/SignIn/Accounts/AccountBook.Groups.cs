using Tandem.Querying;
using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Web.SignIn.Accounts;

/// <content>Groups, and who is in them.</content>
internal sealed partial class AccountBook
{
    public async Task<AccountResult> AddGroupAsync(string name, string? label, string? help, string by, CancellationToken cancellationToken)
    {
        name = name.Trim();
        if (FindNameFault(name) is { } fault)
        {
            return new AccountResult.Refused("name", fault);
        }

        if ((await tables.GetAsync(SystemTables.GroupsName, new RecordKey(name), cancellationToken)).Record is not null)
        {
            return new AccountResult.Refused("name", $"There is a group named '{name}' already. Choose another name.");
        }

        var values = new Patch([new("name", name), new("label", Given(label)), new("help", Given(help))]);
        return await WriteAsync([SystemTables.GroupsName], [new Write.Insert(values, new WriteContext(by))], cancellationToken) ?? new AccountResult.Done { Id = name };
    }

    public Task<AccountResult> ChangeGroupAsync(string name, Patch set, string by, CancellationToken cancellationToken) =>
        UpdateAsync(SystemTables.GroupsName, new RecordKey(name), set, Guard.None, by, cancellationToken);

    /// <summary>Removes a group and the grants it was given; its members stay, and so do those groups that held it.</summary>
    public async Task<AccountResult> RemoveGroupAsync(string name, string by, CancellationToken cancellationToken)
    {
        var key = new RecordKey(name);
        if (await tables.IsFrozenAsync(SystemTables.GroupsName, key, cancellationToken))
        {
            return new AccountResult.Refused("name", Frozen);
        }

        var context = new WriteContext(by);
        await RemoveGrantsAsync("group", name, context, cancellationToken);
        var members = await tables.AllAsync(
            SystemTables.MembersName, Filter.Eq("group_name", name) | (Filter.Eq("kind", "group") & Filter.Eq("member", name)), cancellationToken);
        return await WriteAsync(
            [SystemTables.GroupsName, .. members.Select(_ => SystemTables.MembersName)],
            [new Write.Delete(key, Guard.None, context), .. members.Select(m => new Write.Delete(m.Record.Key, Guard.None, context))],
            cancellationToken) ?? new AccountResult.Done();
    }

    /// <summary>Puts a user or a group into a group.</summary>
    public async Task<AccountResult> AddMemberAsync(Member member, string by, CancellationToken cancellationToken)
    {
        if ((await tables.GetAsync(SystemTables.GroupsName, new RecordKey(member.Group), cancellationToken)).Record is null)
        {
            return new AccountResult.Unknown($"There is no group '{member.Group}'.");
        }

        if (member.IsGroup && await FindCircleAsync(member, cancellationToken) is { } circle)
        {
            return new AccountResult.Refused("member", circle);
        }

        if ((await tables.GetAsync(SystemTables.MembersName, member.Key, cancellationToken)).Record is not null)
        {
            return new AccountResult.Done();
        }

        var values = new Patch([new("group_name", member.Group), new("kind", member.IsGroup ? "group" : "user"), new("member", member.Name)]);
        return await WriteAsync([SystemTables.MembersName], [new Write.Insert(values, new WriteContext(by))], cancellationToken) ?? new AccountResult.Done();
    }

    public async Task<AccountResult> RemoveMemberAsync(Member member, string by, CancellationToken cancellationToken)
    {
        if (await tables.IsFrozenAsync(SystemTables.MembersName, member.Key, cancellationToken))
        {
            return new AccountResult.Refused("member", Frozen);
        }

        return await WriteAsync([SystemTables.MembersName], [new Write.Delete(member.Key, Guard.None, new WriteContext(by))], cancellationToken) switch
        {
            AccountResult.Unknown => new AccountResult.Unknown($"'{member.Name}' is not in '{member.Group}'."),
            { } other => other,
            null => new AccountResult.Done(),
        };
    }

    /// <summary>Why a group cannot be put into another, or null. Read from the tables, since another node may just have put one into the other.</summary>
    private async Task<string?> FindCircleAsync(Member member, CancellationToken cancellationToken)
    {
        if ((await tables.GetAsync(SystemTables.GroupsName, new RecordKey(member.Name), cancellationToken)).Record is null)
        {
            return $"There is no group '{member.Name}'.";
        }

        var graph = new GroupGraph();
        foreach (var (record, _) in await tables.AllAsync(SystemTables.MembersName, Filter.Eq("kind", "group"), cancellationToken))
        {
            graph.Set(Member.Of(record.Key), true);
        }

        return member.Group == member.Name ? $"'{member.Group}' cannot be in itself. Choose another group."
            : graph.WouldCircle(member.Group, member.Name) ? $"'{member.Group}' is in '{member.Name}' already, directly or through other groups; a circle is not possible. Take it out there first."
            : null;
    }

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
