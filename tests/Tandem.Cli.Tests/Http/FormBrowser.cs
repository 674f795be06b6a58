using System.Net;
using AngleSharp;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Tandem.Cli.Tests.Processes;

namespace Tandem.Cli.Tests.Http;

/// <summary>A browser whose JavaScript is off: it opens pages, fills in forms and sends them as they stand.</summary>
internal sealed class FormBrowser : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() });
    private readonly IBrowsingContext _pages = BrowsingContext.New(Configuration.Default);

    public async Task SignInAsync(Uri address, string token, string name = "")
    {
        var page = await OpenAsync(new Uri(address, "/sign-in")) ?? throw new InvalidOperationException("There is no sign-in page.");
        var form = page.Forms.Single(f => f.Elements["token"] is not null);
        ((IHtmlInputElement)form.Elements["token"]!).Value = token;
        ((IHtmlInputElement)form.Elements["name"]!).Value = name;
        using var answer = await SendAsync(new Uri(address, "/sign-in"), form);
        Assert.Equal("/", answer.Headers.Location?.OriginalString);
    }

    /// <returns>The page, or null when it says that there is nothing.</returns>
    public async Task<IHtmlDocument?> OpenAsync(Uri address)
    {
        using var answer = await _http.GetAsync(address, TestContext.Current.CancellationToken);
        Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.NotFound, $"GET {address}: {answer.StatusCode}");
        if (answer.StatusCode != HttpStatusCode.OK)
        {
            return null;
        }

        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        // A form is sent to an address that stands on that of its page.
        return (IHtmlDocument)await _pages.OpenAsync(page => page.Address(address.AbsoluteUri).Content(text), TestContext.Current.CancellationToken);
    }

    public static IHtmlFormElement RecordForm(IHtmlDocument page) => (IHtmlFormElement)page.QuerySelector("form[data-record]")!;

    public static string Value(IHtmlFormElement form, string field) => ((IHtmlInputElement)form.Elements["v." + field]!).Value;

    public static void Fill(IHtmlFormElement form, string field, string value) => ((IHtmlInputElement)form.Elements["v." + field]!).Value = value;

    public async Task<HttpResponseMessage> SendAsync(Uri page, IHtmlFormElement form)
    {
        var submission = form.GetSubmission() ?? throw new InvalidOperationException("The form cannot be sent.");
        var request = new HttpRequestMessage(HttpMethod.Post, submission.Target.Href) { Content = new StreamContent(submission.Body) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", submission.MimeType);
        return await _http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public void Dispose()
    {
        _http.Dispose();
        _pages.Dispose();
    }
}
