using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Tandem.Web.SignIn.Accounts;

/// <summary>Hashes passwords as ASP.NET Core Identity does: PBKDF2 with HMAC-SHA512, its own salt for each, and as many rounds as OWASP advises.</summary>
internal static class PasswordHashes
{
    private const int Rounds = 210_000;
    private static readonly object s_nobody = new();
    private static readonly PasswordHasher<object> s_hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = Rounds }));

    /// <summary>What the password of somebody unknown is compared with, so that it takes as long as that of somebody known.</summary>
    public static string OfNobody { get; } = Of(Tokens.New());

    public static string Of(string password) => s_hasher.HashPassword(s_nobody, password);

    public static PasswordVerificationResult Verify(string hash, string password) => s_hasher.VerifyHashedPassword(s_nobody, hash, password);
}
