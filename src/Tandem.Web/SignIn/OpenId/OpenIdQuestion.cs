using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;

namespace Tandem.Web.SignIn.OpenId;

/// <summary>What was asked of the provider, kept by the browser that asked until the answer comes: an answer that another browser brings is none.</summary>
/// <param name="State">Ties the answer to this browser.</param>
/// <param name="Nonce">Ties the id token to the question.</param>
/// <param name="Verifier">Ties the exchange of the code to the question (PKCE).</param>
/// <param name="Return">Where to go on to.</param>
internal sealed record OpenIdQuestion(string State, string Nonce, string Verifier, string Return)
{
    private const string CookieName = "tandem-openid";
    private static readonly TimeSpan s_lifetime = TimeSpan.FromMinutes(15);

    public string Challenge => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    public static OpenIdQuestion New(string target) => new(Tokens.New(), Tokens.New(), Tokens.New(), target);

    /// <summary>Gives it to the browser. The answer comes from another site, which strict cookies would not come back from.</summary>
    public void Keep(HttpContext context, IDataProtectionProvider protection) => context.Response.Cookies.Append(
        CookieName, Protector(protection).Protect(JsonSerializer.Serialize(this), s_lifetime), Cookie(context));

    /// <summary>Takes it back, once; null when this browser asked nothing, or too long ago.</summary>
    public static OpenIdQuestion? Take(HttpContext context, IDataProtectionProvider protection)
    {
        if (context.Request.Cookies[CookieName] is not { } kept)
        {
            return null;
        }

        context.Response.Cookies.Delete(CookieName, Cookie(context));
        try
        {
            return JsonSerializer.Deserialize<OpenIdQuestion>(Protector(protection).Unprotect(kept));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static ITimeLimitedDataProtector Protector(IDataProtectionProvider protection) => protection.CreateProtector("openid").ToTimeLimitedDataProtector();

    private static CookieOptions Cookie(HttpContext context) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = context.Request.IsHttps,
        Path = context.Request.PathBase + "/sign-in/openid",
        MaxAge = s_lifetime,
        IsEssential = true,
    };
}
