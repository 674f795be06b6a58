using System.Net;
using System.Text;
using System.Text.Json;

namespace Tandem.Web.Tests;

/// <summary>Short ways to ask and to look at what comes back.</summary>
internal static class Http
{
    public static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static StringContent Json(string text, string type = "application/json") => new(text, Encoding.UTF8, type);

    public static async Task<HttpResponseMessage> SendAsync(
        this HttpClient client, string method, string address, string? body = null, string type = "application/json", params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(client.BaseAddress!.OriginalString.TrimEnd('/') + address, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancelled);
    }

    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync(Cancelled);
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    public static async Task<JsonElement> OkAsync(this Task<HttpResponseMessage> asked, HttpStatusCode status = HttpStatusCode.OK)
    {
        using var response = await asked;
        Assert.True(response.StatusCode == status, $"{response.StatusCode}: {await response.Content.ReadAsStringAsync(Cancelled)}");
        return await response.JsonAsync();
    }

    /// <summary>Expects a problem of a status whose text names something.</summary>
    public static async Task<JsonElement> ProblemAsync(this Task<HttpResponseMessage> asked, int status, string names)
    {
        using var response = await asked;
        var text = await response.Content.ReadAsStringAsync(Cancelled);
        Assert.True((int)response.StatusCode == status, $"{response.StatusCode} instead of {status}: {text}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains(names, text, StringComparison.Ordinal);
        var problem = await response.JsonAsync();
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        return problem;
    }
}
