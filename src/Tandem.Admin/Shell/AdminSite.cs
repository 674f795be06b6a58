using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tandem.Admin.Errors;
using Tandem.Querying;
using Tandem.Schema;
using Tandem.Tables;
using Tandem.Web;
using Tandem.Web.SignIn;

namespace Tandem.Admin.Shell;

/// <summary>What all pages share. Its one entry turns a page's method into an endpoint: signed in, errors as pages.</summary>
internal sealed partial class AdminSite(IServiceProvider services)
{
    private readonly ILogger _logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("Tandem.Admin");

    public TandemApp App { get; } = services.GetRequiredService<TandemApp>();

    public UserStore Users { get; } = services.GetRequiredService<UserStore>();

    public TimeProvider Clock { get; } = services.GetRequiredService<TimeProvider>();

    public IAntiforgery Antiforgery { get; } = services.GetRequiredService<IAntiforgery>();

    public IDataProtector BaseProtector { get; } = services.GetRequiredService<IDataProtectionProvider>().CreateProtector("base");

    public TableCounts Counts { get; } = new(services.GetRequiredService<TandemApp>(), services.GetRequiredService<TimeProvider>());

    /// <summary>An endpoint for people who are signed in; everybody else is asked to.</summary>
    /// <param name="answer">Makes the page.</param>
    /// <param name="readsForm">False only for pages that refuse a form unread and do nothing.</param>
    public Func<HttpContext, Task<IResult>> Page(Func<PageContext, Task<IResult>> answer, bool readsForm = true) => async context =>
    {
        if (context.GetTandemUser() is not { } user)
        {
            if (Users.IsBrought)
            {
                // The application signs people in: its own authentication sends them where that is done.
                return Results.Challenge();
            }

            var here = HttpMethods.IsGet(context.Request.Method) ? context.Request.Path + context.Request.QueryString : "/";
            return Results.LocalRedirect("~/sign-in?return=" + Uri.EscapeDataString(here));
        }

        context.Response.Headers.CacheControl = "no-cache, no-store";
        var page = new PageContext(this, context, user);
        try
        {
            if (readsForm && HttpMethods.IsPost(context.Request.Method) && !await Antiforgery.IsRequestValidAsync(context))
            {
                return await ErrorEndpoints.ShowAsync(page, 400, "This form has expired", "Go back, reload the page and send it again.");
            }

            // Forms that only look, or end the looking, come with GET or to that one address.
            return user.SeenBy is { } watcher && HttpMethods.IsPost(context.Request.Method) && context.Request.Path != "/view-as/stop"
                ? await ErrorEndpoints.ShowAsync(page, 403, "Nothing can be changed so", $"You look as {user.Name} would, {watcher}. Stop viewing as {user.Name} to write.")
                : await answer(page);
        }
        catch (QueryException e)
        {
            return await ErrorEndpoints.ShowAsync(page, 400, "This list cannot be shown", e.Message);
        }
        catch (SchemaChangedException e)
        {
            return await ErrorEndpoints.ShowAsync(page, 409, "The tables have changed", e.Message);
        }
        catch (DatabaseUnavailableException e)
        {
            LogUnavailable(e);
            return ErrorEndpoints.ShowPlain(App, 503, "The database does not answer", e.Message + " Try again in a moment.");
        }
        catch (BadHttpRequestException e)
        {
            return TooMuch(e);
        }
        catch (AntiforgeryValidationException e) when (e.InnerException is BadHttpRequestException or InvalidDataException)
        {
            return TooMuch(e.InnerException);
        }
        catch (Exception e) when (e is not OperationCanceledException || !context.RequestAborted.IsCancellationRequested)
        {
            LogFailed(e, context.Request.Path);
            return ErrorEndpoints.ShowPlain(App, 500, "Something went wrong here", "It is in the server's log. Nothing was saved. Go back and try again.");
        }
    };

    /// <summary>The form itself could not be read: it is larger, or has more parts, than is taken.</summary>
    private IResult TooMuch(Exception cause) => ErrorEndpoints.ShowPlain(
        App, cause is BadHttpRequestException { StatusCode: var status } ? status : StatusCodes.Status413PayloadTooLarge,
        "This cannot be read", "The page sent more or other than the server takes. Go back and try a smaller file.");

    [LoggerMessage(2001, LogLevel.Error, "The page {Path} failed")]
    private partial void LogFailed(Exception cause, string path);

    [LoggerMessage(2003, LogLevel.Error, "An import into {Table} failed")]
    internal partial void LogImportFailed(Exception cause, string table);

    [LoggerMessage(2002, LogLevel.Warning, "The database does not answer")]
    private partial void LogUnavailable(Exception cause);
}
