using Tandem.Access;
using Tandem.Accounts;

namespace Tandem.Cli.Serve;

/// <summary>Sign-in by an OpenID provider as the command line and the environment name it. The secret comes from the environment alone: arguments can be seen by others.</summary>
internal static class OpenIdSettings
{
    private const string Prefix = "TANDEM_OPENID_";

    /// <param name="authority">The provider's address from the command line, or null.</param>
    /// <param name="clientId">The application's name at the provider from the command line, or null.</param>
    /// <param name="read">Reads an environment variable.</param>
    /// <returns>The options, or null where no provider is named.</returns>
    /// <exception cref="FormatException">A setting cannot be read; the message says which.</exception>
    public static OpenIdOptions? Read(string? authority, string? clientId, Func<string, string?> read)
    {
        string? Of(string name) => read(Prefix + name) is { Length: > 0 } text ? text : null;
        authority ??= Of("AUTHORITY");
        if (authority is null)
        {
            return null;
        }

        var options = new OpenIdOptions
        {
            Authority = authority,
            ClientId = clientId ?? Of("CLIENT_ID") ?? throw new FormatException($"The OpenID provider needs to know who asks. Set --openid-client or {Prefix}CLIENT_ID."),
            ClientSecret = Of("CLIENT_SECRET"),
            AddsUnknown = Of("ADD_UNKNOWN") == "1",
        };
        options.Label = Of("LABEL") ?? options.Label;
        options.NameClaim = Of("NAME_CLAIM") ?? options.NameClaim;
        options.GroupsClaim = Of("GROUPS_CLAIM") ?? options.GroupsClaim;
        options.Scopes = Of("SCOPES")?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? options.Scopes;
        foreach (var (theirs, ours) in Pairs("GROUPS", Of("GROUPS")))
        {
            options.Groups[theirs] = ours;
        }

        foreach (var (theirs, ours) in Pairs("ROLES", Of("ROLES")))
        {
            options.Roles[theirs] = Enum.TryParse<Role>(ours, ignoreCase: true, out var role) && !char.IsDigit(ours[0])
                ? role
                : throw new FormatException($"{Prefix}ROLES: '{ours}' is no role. Write administrator, editor, viewer or member.");
        }

        return options;
    }

    private static IEnumerable<(string Theirs, string Ours)> Pairs(string name, string? text)
    {
        foreach (var pair in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            yield return pair.Split('=', 2, StringSplitOptions.TrimEntries) is [{ Length: > 0 } theirs, { Length: > 0 } ours]
                ? (theirs, ours)
                : throw new FormatException($"{Prefix}{name}: '{pair}' is no pair. Write the provider's group, =, and ours, with commas between pairs.");
        }
    }
}
