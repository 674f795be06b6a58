using Tandem.Accounts;

namespace Tandem.Web.SignIn.Accounts;

/// <summary>Which passwords are refused: too short, too long, the name, and those that everybody tries first. Nothing else is asked of them.</summary>
internal static class PasswordRules
{
    // Those of at least eight letters that lists of leaked passwords have at the top, and what they are built of.
    private static readonly HashSet<string> s_common = new(StringComparer.Ordinal)
    {
        "password", "password1", "password12", "password123", "password1234", "passwordpassword", "passw0rd", "passwort", "passwort123", "p@ssw0rd", "p@ssword",
        "12345678", "123456789", "1234567890", "12345678910", "123456789012", "1234567890123", "0123456789", "0987654321", "987654321", "87654321", "1234qwer",
        "11111111", "111111111", "1111111111", "111111111111", "00000000", "000000000000", "88888888", "12341234", "123123123", "1q2w3e4r", "1q2w3e4r5t", "1qaz2wsx",
        "qwertyui", "qwertyuiop", "qwerty123", "qwerty1234", "qwerty12345", "qwerty123456", "qwertyuiop123", "qwertzuiop", "azertyuiop", "asdfghjk", "asdfghjkl",
        "zxcvbnm123", "abcd1234", "abc12345", "abcdefgh", "abcdefghijkl", "a1b2c3d4", "iloveyou", "iloveyou123", "sunshine", "princess", "football", "baseball", "superman",
        "trustno1", "letmein123", "letmeinplease", "welcome1", "welcome123", "welcome12345", "admin123", "admin1234", "admin12345", "administrator", "changeme", "changeme123",
        "changemeplease", "computer", "internet", "whatever", "starwars", "michelle", "jennifer", "dragon123", "monkey123", "master123", "hello123", "test1234", "testtest",
        "tandem123", "tandemtandem", "secret123", "secretsecret", "correcthorsebatterystaple", "correct horse battery staple",
    };

    /// <summary>What is wrong with a password, with the remedy; null for nothing.</summary>
    public static string? FindFault(string password, string userName, SignInPasswordOptions options)
    {
        var length = password.EnumerateRunes().Count();
        var plain = password.Trim().ToLowerInvariant();
        return length < options.MinimumLength ? $"Choose a password of at least {options.MinimumLength} characters; a few words in a row are easy to keep in mind."
            : length > SignInPasswordOptions.MaximumLength ? $"Choose a password of at most {SignInPasswordOptions.MaximumLength} characters."
            : plain == userName.Trim().ToLowerInvariant() ? "Your name is the first thing others try. Choose another password."
            : s_common.Contains(plain) || plain.Distinct().Count() <= 2 ? "This is one of the passwords that others try first. Choose another."
            : null;
    }
}
