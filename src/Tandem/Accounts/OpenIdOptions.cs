using Tandem.Access;

namespace Tandem.Accounts;

/// <summary>Sign-in by an OpenID provider: authorization code with PKCE, whose answer comes to <c>/sign-in/openid</c>.</summary>
public sealed class OpenIdOptions
{
    /// <summary>The provider's address, which its <c>/.well-known/openid-configuration</c> stands below. Required; https, or http on this machine.</summary>
    public required string Authority { get; set; }

    /// <summary>What the provider calls this application. Required.</summary>
    public required string ClientId { get; set; }

    /// <summary>The application's secret at the provider. Default: null, for a client without one.</summary>
    public string? ClientSecret { get; set; }

    /// <summary>What the button on the sign-in page says behind “Sign in with”. Default: OpenID.</summary>
    public string Label { get; set; } = "OpenID";

    /// <summary>What is asked for. Default: openid, profile and email.</summary>
    public IReadOnlyList<string> Scopes { get; set; } = ["openid", "profile", "email"];

    /// <summary>The claim that holds the user's name. Default: preferred_username.</summary>
    public string NameClaim { get; set; } = "preferred_username";

    /// <summary>The claim that lists the provider's groups of the user. Default: groups.</summary>
    public string GroupsClaim { get; set; } = "groups";

    /// <summary>Tandem's group for a group of the provider. At every sign-in the user is put into the groups named here, or taken out; all other groups stay as they are. Default: none.</summary>
    public Dictionary<string, string> Groups { get; } = new(StringComparer.Ordinal);

    /// <summary>The role for a group of the provider. At every sign-in the highest of the user's is set; a user in none of them keeps the role. Default: none.</summary>
    public Dictionary<string, Role> Roles { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether somebody the provider knows and Tandem does not gets an account by signing in. Default: false.</summary>
    public bool AddsUnknown { get; set; }

    /// <summary>The role of an account that is added so, unless <see cref="Roles"/> says more. Default: member.</summary>
    public Role NewRole { get; set; } = Role.Member;

    internal IEnumerable<string> Faults()
    {
        if (!Uri.TryCreate(Authority, UriKind.Absolute, out var address) || !(address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback)))
        {
            yield return $"{nameof(Authority)} must be an https address, but is '{Authority}'.";
        }

        if (string.IsNullOrWhiteSpace(ClientId))
        {
            yield return $"{nameof(ClientId)} is missing.";
        }

        if (!Scopes.Contains("openid"))
        {
            yield return $"{nameof(Scopes)} must hold openid.";
        }
    }
}
