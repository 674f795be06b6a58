using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Tandem.Web.Tests.SignIn.OpenId;

/// <summary>A small OpenID provider over HTTP: everybody who is sent to it is signed in as whom the test says. A test may spoil what it signs.</summary>
internal sealed class TestProvider : IAsyncDisposable
{
    public const string ClientId = "tandem";
    public const string Secret = "the client's secret";

    private readonly WebApplication _app;
    private readonly RSA _rsa = RSA.Create(2048);
    private readonly ECDsa _curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ConcurrentDictionary<string, (string Challenge, string Nonce, string Redirect)> _codes = new();
    private readonly TimeProvider _clock;

    private TestProvider(WebApplication app, TimeProvider clock) => (_app, _clock) = (app, clock);

    /// <summary>What it calls itself: by default the address it listens at.</summary>
    public string Authority { get; set; } = "";

    /// <summary>The claims beside those that every token has.</summary>
    public JsonObject Claims { get; set; } = new() { ["sub"] = "1234", ["preferred_username"] = "Mia" };

    /// <summary>Changes a token's claims before it is signed.</summary>
    public Action<JsonObject> Spoil { get; set; } = _ => { };

    /// <summary>Makes the token of header and claims; null for a good one.</summary>
    public Func<JsonObject, JsonObject, string>? Sign { get; set; }

    public string Algorithm { get; set; } = "RS256";

    /// <summary>What the provider calls its key; another one is another key to those who read the set before.</summary>
    public string KeyId { get; set; } = "first";

    public int KeysRead { get; private set; }

    public static async Task<TestProvider> StartAsync(TimeProvider clock)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var provider = new TestProvider(builder.Build(), clock);
        provider.Map();
        await provider._app.StartAsync(TestContext.Current.CancellationToken);
        provider.Authority = provider._app.Urls.Single();
        return provider;
    }

    /// <summary>A token signed by a key of somebody else, under the name of the provider's.</summary>
    public static string SignByStranger(JsonObject header, JsonObject claims)
    {
        using var rsa = RSA.Create(2048);
        return Joined(header, claims, data => rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    /// <summary>A token whose signature takes the provider's public key for a shared secret.</summary>
    public string SignByPublicKey(JsonObject header, JsonObject claims)
    {
        header["alg"] = "HS256";
        return Joined(header, claims, data => HMACSHA256.HashData(_rsa.ExportSubjectPublicKeyInfo(), data));
    }

    public static string SignByNobody(JsonObject header, JsonObject claims)
    {
        header["alg"] = "none";
        return Joined(header, claims, _ => []);
    }

    public string SignWell(JsonObject header, JsonObject claims) => Joined(header, claims, data => Algorithm == "ES256"
        ? _curve.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation)
        : _rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _rsa.Dispose();
        _curve.Dispose();
    }

    private static string Joined(JsonObject header, JsonObject claims, Func<byte[], byte[]> sign)
    {
        var text = $"{Encode(Encoding.UTF8.GetBytes(header.ToJsonString()))}.{Encode(Encoding.UTF8.GetBytes(claims.ToJsonString()))}";
        return $"{text}.{Encode(sign(Encoding.ASCII.GetBytes(text)))}";
    }

    private static string Encode(byte[] bytes) => Base64Url.EncodeToString(bytes);

    private void Map()
    {
        _app.MapGet("/.well-known/openid-configuration", () => Results.Json(new
        {
            issuer = Authority,
            authorization_endpoint = Authority + "/authorize",
            token_endpoint = Authority + "/token",
            jwks_uri = Authority + "/keys",
        }));
        _app.MapGet("/keys", () =>
        {
            KeysRead++;
            var (rsa, curve) = (_rsa.ExportParameters(false), _curve.ExportParameters(false));
            return Results.Json(new
            {
                keys = new object[]
                {
                    new { kty = "oct", k = "AAAA", kid = KeyId },
                    new { kty = "RSA", kid = KeyId, use = "sig", n = Encode(rsa.Modulus!), e = Encode(rsa.Exponent!) },
                    new { kty = "EC", crv = "P-256", kid = KeyId, x = Encode(curve.Q.X!), y = Encode(curve.Q.Y!) },
                },
            });
        });
        _app.MapGet("/authorize", (HttpRequest request) =>
        {
            var query = request.Query;
            Assert.Equal($"code {ClientId} S256", $"{query["response_type"]} {query["client_id"]} {query["code_challenge_method"]}");
            var code = Guid.NewGuid().ToString("N");
            _codes[code] = (query["code_challenge"]!, query["nonce"]!, query["redirect_uri"]!);
            return Results.Redirect($"{query["redirect_uri"]}?code={code}&state={Uri.EscapeDataString(query["state"]!)}");
        });
        _app.MapPost("/token", async (HttpRequest request) =>
        {
            var form = await request.ReadFormAsync();
            var expected = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{ClientId}:{Uri.EscapeDataString(Secret)}"));
            // A code is good once, for who asked for it and can show the verifier.
            return request.Headers.Authorization == expected && _codes.TryRemove(form["code"]!, out var asked) && asked.Redirect == form["redirect_uri"]
                && asked.Challenge == Encode(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"]!)))
                ? Results.Json(new { access_token = "unused", token_type = "Bearer", id_token = Token(asked.Nonce) })
                : Results.Json(new { error = "invalid_grant" }, statusCode: 400);
        });
    }

    private string Token(string nonce)
    {
        var now = _clock.GetUtcNow().ToUnixTimeSeconds();
        var claims = (JsonObject)JsonNode.Parse(Claims.ToJsonString())!;
        foreach (var (name, value) in new (string, JsonNode)[] { ("iss", Authority), ("aud", ClientId), ("iat", now), ("exp", now + 300), ("nonce", nonce) })
        {
            claims[name] = value;
        }

        Spoil(claims);
        var header = new JsonObject { ["alg"] = Algorithm, ["kid"] = KeyId };
        return (Sign ?? SignWell)(header, claims);
    }
}
