using System.Security.Cryptography;
using System.Text.Json;

namespace Tandem.Web.SignIn.OpenId;

/// <summary>What a provider says of itself.</summary>
/// <param name="Issuer">Who its tokens must come from.</param>
/// <param name="AuthorizationEndpoint">Where browsers are sent.</param>
/// <param name="TokenEndpoint">Where codes are exchanged.</param>
/// <param name="KeysEndpoint">Where its keys are.</param>
internal sealed record ProviderFacts(string Issuer, Uri AuthorizationEndpoint, Uri TokenEndpoint, Uri KeysEndpoint);

/// <summary>A key that a provider signs with.</summary>
/// <param name="Id">What tokens call it; null when the provider names none.</param>
/// <param name="Algorithm">The one algorithm it is for: RS256 or ES256. A token cannot choose another.</param>
/// <param name="Key">The public key.</param>
internal sealed record ProviderKey(string? Id, string Algorithm, AsymmetricAlgorithm Key)
{
    /// <summary>Reads the keys of a set that are for signing and of a kind that is known; others are passed over.</summary>
    public static IReadOnlyList<ProviderKey> ReadAll(JsonElement set) =>
        [.. set.GetProperty("keys").EnumerateArray().Select(Read).OfType<ProviderKey>()];

    private static ProviderKey? Read(JsonElement key)
    {
        if (Text(key, "use") is not (null or "sig"))
        {
            return null;
        }

        try
        {
            return (Text(key, "kty"), Text(key, "crv"), Text(key, "alg")) switch
            {
                ("RSA", _, null or "RS256") => Rsa(key),
                ("EC", "P-256", null or "ES256") => Curve(key),
                _ => null,
            };
        }
        catch (Exception e) when (e is FormatException or CryptographicException or KeyNotFoundException)
        {
            // One key that cannot be read must not shut out those who sign in by another.
            return null;
        }
    }

    private static ProviderKey? Rsa(JsonElement key)
    {
        var rsa = RSA.Create(new RSAParameters { Modulus = Bytes(key, "n"), Exponent = Bytes(key, "e") });
        // Shorter ones can be broken.
        return rsa.KeySize >= 2048 ? new ProviderKey(Text(key, "kid"), "RS256", rsa) : null;
    }

    private static ProviderKey Curve(JsonElement key) => new(
        Text(key, "kid"), "ES256", ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = Bytes(key, "x"), Y = Bytes(key, "y") } }));

    private static byte[] Bytes(JsonElement key, string name) => System.Buffers.Text.Base64Url.DecodeFromChars(key.GetProperty(name).GetString());

    private static string? Text(JsonElement key, string name) => key.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
