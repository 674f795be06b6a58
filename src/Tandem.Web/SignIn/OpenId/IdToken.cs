using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Tandem.Web.SignIn.OpenId;

/// <summary>The sign-in elsewhere did not work. The message is for the log; the person is told no more than that.</summary>
internal sealed class OpenIdException(string message, Exception? cause = null) : TandemException(message, cause);

/// <summary>What an id token must answer to.</summary>
/// <param name="Issuer">The provider.</param>
/// <param name="Audience">This application as the provider calls it.</param>
/// <param name="Nonce">What went with the question.</param>
/// <param name="Now">The time.</param>
internal sealed record IdTokenWants(string Issuer, string Audience, string Nonce, DateTimeOffset Now);

/// <summary>
/// Checks an id token as OpenID Connect Core 3.1.3.7 has it: signed by a key of the provider with the algorithm of that key, from the provider, for
/// this application, not expired, and the answer to this very question. Nothing in the token is believed before its signature holds.
/// </summary>
internal static class IdToken
{
    /// <summary>How far the provider's clock may be off.</summary>
    private static readonly TimeSpan s_skew = TimeSpan.FromMinutes(2);

    /// <summary>The longest token that is looked at, in characters.</summary>
    private const int Longest = 64_000;

    /// <summary>What a token calls the key that signed it; null when it names none.</summary>
    /// <exception cref="OpenIdException">It is no signed token.</exception>
    public static string? KeyIdOf(string token) => Text(Header(token), "kid");

    /// <summary>Checks a token.</summary>
    /// <returns>Its claims.</returns>
    /// <exception cref="OpenIdException">It is not good; the message says why.</exception>
    public static JsonElement Check(string token, IReadOnlyList<ProviderKey> keys, IdTokenWants wants)
    {
        var header = Header(token);
        var algorithm = Text(header, "alg");
        if (header.TryGetProperty("crit", out _))
        {
            throw new OpenIdException("The id token has critical parts that are not known.");
        }

        // The key says which algorithm: a token that says "none", or takes a public key for a shared secret, finds no key.
        var id = Text(header, "kid");
        var candidates = keys.Where(k => k.Algorithm == algorithm && (id is null || k.Id is null || k.Id == id)).ToList();
        if (candidates.Count == 0)
        {
            throw new OpenIdException($"The id token is signed by '{algorithm}' with key '{id}', which is none of the provider's.");
        }

        var parts = token.Split('.');
        var signed = Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}");
        var signature = Decode(parts[2]);
        if (!candidates.Exists(k => IsSigned(k, signed, signature)))
        {
            throw new OpenIdException("The id token's signature does not hold.");
        }

        var claims = Parse(parts[1]);
        CheckClaims(claims, wants);
        return claims;
    }

    private static bool IsSigned(ProviderKey key, byte[] signed, byte[] signature) => key.Key switch
    {
        RSA rsa => rsa.VerifyData(signed, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        ECDsa curve => curve.VerifyData(signed, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation),
        _ => false,
    };

    private static void CheckClaims(JsonElement claims, IdTokenWants wants)
    {
        if (Text(claims, "iss") != wants.Issuer)
        {
            throw new OpenIdException($"The id token comes from '{Text(claims, "iss")}' and not from '{wants.Issuer}'.");
        }

        List<string?> audiences = !claims.TryGetProperty("aud", out var aud) ? []
            : aud.ValueKind == JsonValueKind.Array ? [.. aud.EnumerateArray().Select(a => a.ValueKind == JsonValueKind.String ? a.GetString() : null)]
            : [Text(claims, "aud")];
        var presenter = Text(claims, "azp");
        if (!audiences.Contains(wants.Audience) || (audiences.Count > 1 && presenter is null) || (presenter is not null && presenter != wants.Audience))
        {
            throw new OpenIdException($"The id token is for '{string.Join(", ", audiences)}' and not for '{wants.Audience}'.");
        }

        if (Time(claims, "exp") is not { } expires || expires + s_skew <= wants.Now)
        {
            throw new OpenIdException("The id token has expired.");
        }

        if (Time(claims, "iat") is not { } issued || issued - s_skew > wants.Now || (Time(claims, "nbf") is { } from && from - s_skew > wants.Now))
        {
            throw new OpenIdException("The id token is of a time to come.");
        }

        if (Text(claims, "nonce") is not { } nonce || !Tokens.Same(nonce, wants.Nonce))
        {
            throw new OpenIdException("The id token answers another question: its nonce differs.");
        }

        if (Text(claims, "sub") is not { Length: > 0 })
        {
            throw new OpenIdException("The id token names nobody.");
        }
    }

    /// <summary>A claim that is a text, or null.</summary>
    public static string? Text(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static DateTimeOffset? Time(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var seconds) && seconds is >= 0 and < 253_402_300_799
            ? DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000))
            : null;

    private static JsonElement Header(string token) => token.Length <= Longest && token.Split('.') is [var header, _, _]
        ? Parse(header)
        : throw new OpenIdException("What came is no signed id token.");

    private static JsonElement Parse(string part)
    {
        try
        {
            using var document = JsonDocument.Parse(Decode(part));
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : throw new OpenIdException("The id token holds no claims.");
        }
        catch (JsonException e)
        {
            throw new OpenIdException("The id token cannot be read.", e);
        }
    }

    private static byte[] Decode(string part)
    {
        try
        {
            return Base64Url.DecodeFromChars(part);
        }
        catch (FormatException e)
        {
            throw new OpenIdException("The id token cannot be read.", e);
        }
    }
}
