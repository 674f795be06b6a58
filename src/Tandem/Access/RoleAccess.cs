using Tandem.Schema;

namespace Tandem.Access;

/// <summary>Decides by role: viewers look, editors also write, administrators also administer.</summary>
/// <param name="isReadOnly">Whether the whole application was started to write nothing.</param>
public sealed class RoleAccess(bool isReadOnly) : IAccess
{
    public AccessDecision Decide(User? user, TableSchema? table, TableAction action)
    {
        if (user is null)
        {
            return AccessDecision.Deny("Nobody is signed in. Sign in first.");
        }

        if (action == TableAction.Administer)
        {
            return user.Role == Role.Administrator
                ? AccessDecision.Allow("Administrators may administer.")
                : AccessDecision.Deny($"{user.Name} is no administrator. Ask an administrator.");
        }

        if (table is null)
        {
            return AccessDecision.Deny("No table was named.");
        }

        if (table.IsSystem && user.Role != Role.Administrator)
        {
            return AccessDecision.Deny($"'{table.Name}' is for administrators. Ask an administrator.");
        }

        if (user.Role == Role.Member)
        {
            return AccessDecision.Deny($"Nothing gives {user.Name} that right. Ask an administrator.");
        }

        if (action is TableAction.View or TableAction.List)
        {
            return AccessDecision.Allow($"A {RoleName(user.Role)} may look at every table.");
        }

        if (isReadOnly)
        {
            return AccessDecision.Deny("This server was started with --read-only, so nothing can be written. Start it without --read-only to write.");
        }

        if (user.Role == Role.Viewer)
        {
            return AccessDecision.Deny($"{user.Name} is a viewer and may only look. Ask an administrator for the editor role.");
        }

        if (table.ReadOnlyReason is { } reason)
        {
            return AccessDecision.Deny(reason);
        }

        return AccessDecision.Allow($"A {RoleName(user.Role)} may write.");
    }

    private static string RoleName(Role role) => role switch
    {
        Role.Administrator => "administrator",
        Role.Editor => "editor",
        Role.Member => "member",
        _ => "viewer",
    };
}
