using System.Text.Json;
using System.Text.RegularExpressions;

namespace Tandem.Web.Tests.Fuzzing;

/// <summary>What no answer may be, whatever was asked.</summary>
internal static partial class Verdict
{
    /// <summary>What is wrong with an answer of the API, or null.</summary>
    public static string? FaultOf(FuzzRequest request, RawAnswer answer) => FaultOfAny(request, answer)
        ?? (answer.Status < 400 || IsTheWebServers(request, answer) || IsElsewhere(request, answer) || request.Head.StartsWith("HEAD ", StringComparison.Ordinal) ? null : FaultOfProblem(answer));

    /// <summary>What is wrong with a page, or null.</summary>
    public static string? FaultOfPage(FuzzRequest request, RawAnswer answer) => FaultOfAny(request, answer)
        ?? (answer.Status < 400 || answer.Body.Length > 0 || IsTheWebServers(request, answer) || answer.Status is 404 or 405 ? null : $"answered {answer.Status} without a page");

    private static string? FaultOfAny(FuzzRequest request, RawAnswer answer) => answer switch
    {
        { Status: 0 } => request.IsHttp ? "closed without an answer" : null,
        { Status: >= 500 and not 501 } => $"answered {answer.Status}",
        _ when Inside().Match(answer.Head + answer.Body) is { Success: true } inside => $"shows its inside: {inside.Value}",
        _ when answer.Head.Contains("\nSet-Cookie: evil", StringComparison.OrdinalIgnoreCase) => "let a header in",
        _ => null,
    };

    /// <summary>Refused by the web server itself, with nothing but a status.</summary>
    private static bool IsTheWebServers(FuzzRequest request, RawAnswer answer) =>
        answer.Head.Contains("Content-Length: 0", StringComparison.Ordinal) && (!request.IsHttp || answer.Status is 400 or 414 or 431) && !answer.Head.Contains("X-Content-Type-Options", StringComparison.OrdinalIgnoreCase);

    /// <summary>Steps up in an address lead out of the API, where nothing is.</summary>
    private static bool IsElsewhere(FuzzRequest request, RawAnswer answer) =>
        answer.Status == 404 && answer.Body.Length == 0 && request.Head[..request.Head.IndexOf('\r', StringComparison.Ordinal)].Contains("..", StringComparison.Ordinal);

    private static string? FaultOfProblem(RawAnswer answer)
    {
        if (answer.Type != "application/problem+json")
        {
            return $"answered {answer.Status} as '{answer.Type}' instead of a problem";
        }

        using var problem = JsonDocument.Parse(answer.Body);
        var root = problem.RootElement;
        return root.GetProperty("status").GetInt32() != answer.Status ? "says another status than it has"
            : Says(root, "detail") || (root.TryGetProperty("errors", out var errors) && errors.EnumerateArray().Any(e => Says(e, "message"))) ? null
            : "names neither field nor remedy";
    }

    private static bool Says(JsonElement of, string name) => of.TryGetProperty(name, out var text) && text.GetString() is { Length: > 10 };

    // Names that only programs know: ours, the platform's and the drivers', stack traces, SQL and source files.
    [GeneratedRegex(
        """\bat (Tandem|System|Microsoft|Npgsql)\.|\b(System|Microsoft|Npgsql|Tandem)\.\w+\.\w+|\w+Exception\b|SQLite Error|SQLITE_|SQLSTATE|\b\d[0-9A-Z]{4}: |SELECT [^.]|INSERT INTO|UPDATE "|DELETE FROM|RETURNING |IS NOT DISTINCT|\.cs:line|StackTrace|/work/|/tmp/|Connection (string|refused)""",
        RegexOptions.CultureInvariant)]
    private static partial Regex Inside();
}
