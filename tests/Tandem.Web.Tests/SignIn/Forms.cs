using System.Net;

namespace Tandem.Web.Tests.SignIn;

/// <summary>Sends forms as a browser on the server's own page does.</summary>
internal static class Forms
{
    public static async Task<HttpResponseMessage> PostFormAsync(this HttpClient client, string address, params (string Name, string Value)[] fields)
    {
        var token = await client.GetStringAsync("/form", Http.Cancelled);
        using var content = new FormUrlEncodedContent(fields.Append(("__RequestVerificationToken", token)).Select(f => KeyValuePair.Create(f.Item1, f.Item2)));
        return await client.PostAsync(address, content, Http.Cancelled);
    }

    /// <summary>Uses a link that was sent, as its page's button does.</summary>
    public static async Task UseLinkAsync(this HttpClient client, string link, string password = "")
    {
        var code = Uri.UnescapeDataString(new Uri(link).Query.Split("code=")[1]);
        using var answer = await client.PostFormAsync("/sign-in", ("code", code), ("password", password));
        Assert.Equal((HttpStatusCode.Redirect, "/"), (answer.StatusCode, answer.Headers.Location?.OriginalString));
    }

    /// <summary>Signs in by name and password.</summary>
    /// <returns>Where the answer leads.</returns>
    public static async Task<string?> SignInAsync(this HttpClient client, string name, string password)
    {
        using var answer = await client.PostFormAsync("/sign-in", ("name", name), ("password", password));
        return answer.Headers.Location?.OriginalString ?? ((int)answer.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture);
    }
}
