using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Tandem.Accounts;

namespace Tandem.Web.SignIn.OpenId;

/// <summary>Talks to the provider: what it says of itself, its keys, and the exchange of a code. Facts and keys are kept for a while. Safe from any thread.</summary>
internal sealed class OpenIdProvider(TandemApp app, TimeProvider clock) : IDisposable
{
    private const int MostBytes = 1_000_000;
    private static readonly TimeSpan s_keep = TimeSpan.FromHours(12);

    // An unknown key may be a new one, so the keys are read again; not for every token that somebody makes up.
    private static readonly TimeSpan s_again = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _one = new(1);
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(10) })
    {
        Timeout = TimeSpan.FromSeconds(15),
        MaxResponseContentBufferSize = MostBytes,
    };

    private (ProviderFacts Facts, IReadOnlyList<ProviderKey> Keys, DateTimeOffset ReadAt)? _known;

    public OpenIdOptions Options => app.Options.SignIn.OpenId ?? throw new OpenIdException("No OpenID provider is configured.");

    public async Task<ProviderFacts> FactsAsync(CancellationToken cancellationToken) => (await KnownAsync(null, cancellationToken)).Facts;

    /// <summary>Exchanges a code for an id token and checks it.</summary>
    /// <returns>The claims.</returns>
    /// <exception cref="OpenIdException">The provider refuses the code, or its answer is not good.</exception>
    public async Task<JsonElement> ExchangeAsync(string code, string verifier, string nonce, string redirect, CancellationToken cancellationToken)
    {
        var facts = await FactsAsync(cancellationToken);
        Dictionary<string, string> fields = new()
        {
            ["grant_type"] = "authorization_code",
            ["code"] = code,
            ["redirect_uri"] = redirect,
            ["client_id"] = Options.ClientId,
            ["code_verifier"] = verifier,
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, facts.TokenEndpoint) { Content = new FormUrlEncodedContent(fields) };
        if (Options.ClientSecret is { Length: > 0 } secret)
        {
            var pair = $"{Uri.EscapeDataString(Options.ClientId)}:{Uri.EscapeDataString(secret)}";
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(pair)));
        }

        var answer = await AskAsync(request, cancellationToken);
        var token = IdToken.Text(answer, "id_token") ?? throw new OpenIdException("The provider answered without an id token.");
        var known = await KnownAsync(IdToken.KeyIdOf(token), cancellationToken);
        return IdToken.Check(token, known.Keys, new IdTokenWants(facts.Issuer, Options.ClientId, nonce, clock.GetUtcNow()));
    }

    public void Dispose()
    {
        _http.Dispose();
        _one.Dispose();
    }

    private async Task<(ProviderFacts Facts, IReadOnlyList<ProviderKey> Keys, DateTimeOffset ReadAt)> KnownAsync(string? keyId, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            var now = clock.GetUtcNow();
            var isStranger = keyId is not null && _known is { } known && !known.Keys.Any(k => k.Id == keyId);
            if (_known is not { } kept || now - kept.ReadAt > s_keep || (isStranger && now - kept.ReadAt > s_again))
            {
                _known = kept = await ReadAsync(now, cancellationToken);
            }

            return kept;
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task<(ProviderFacts Facts, IReadOnlyList<ProviderKey> Keys, DateTimeOffset ReadAt)> ReadAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var authority = Options.Authority.TrimEnd('/');
        using var about = new HttpRequestMessage(HttpMethod.Get, $"{authority}/.well-known/openid-configuration");
        var said = await AskAsync(about, cancellationToken);
        var facts = new ProviderFacts(
            IdToken.Text(said, "issuer") ?? "", Address(said, "authorization_endpoint"), Address(said, "token_endpoint"), Address(said, "jwks_uri"));
        // Who speaks for another provider would be believed in its name.
        if (facts.Issuer.TrimEnd('/') != authority)
        {
            throw new OpenIdException($"The provider at '{authority}' calls itself '{facts.Issuer}'. Set the authority to that.");
        }

        using var ask = new HttpRequestMessage(HttpMethod.Get, facts.KeysEndpoint);
        var set = await AskAsync(ask, cancellationToken);
        return (facts, set.TryGetProperty("keys", out var keys) && keys.ValueKind == JsonValueKind.Array ? ProviderKey.ReadAll(set) : [], now);
    }

    private async Task<JsonElement> AskAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _http.SendAsync(request, cancellationToken);
            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                throw new OpenIdException($"The provider answered {(int)response.StatusCode} at {request.RequestUri}.");
            }

            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : throw new OpenIdException($"The provider's answer at {request.RequestUri} is no object.");
        }
        catch (Exception e) when (e is HttpRequestException or JsonException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new OpenIdException($"The provider does not answer well at {request.RequestUri}.", e);
        }
    }

    private static Uri Address(JsonElement said, string name) =>
        Uri.TryCreate(IdToken.Text(said, name), UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback))
            ? address
            : throw new OpenIdException($"The provider names no good {name}.");
}
