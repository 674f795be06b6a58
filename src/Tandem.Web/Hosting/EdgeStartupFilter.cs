using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Tandem.Web.SignIn;

namespace Tandem.Web.Hosting;

/// <summary>What stands in front of every request: security headers, the sign-in by link, the mark of the blocking-call watch.</summary>
internal sealed class EdgeStartupFilter(BlockingCallWatch watch, SignInByLink signIn) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(async (HttpContext context, RequestDelegate rest) =>
        {
            watch.Mark(context);
            SecurityHeaders.Apply(context);
            if (!await signIn.TryHandleAsync(context))
            {
                await rest(context);
            }
        });
        next(app);
    };
}
