using Microsoft.Extensions.Hosting;
using Tandem.Web.Live;

namespace Tandem.Web.SignIn;

/// <summary>Cuts the live connections of a user whose sessions or tokens end. Pages that still may connect again; the others say that they are signed out.</summary>
internal sealed class OpenPages(UserStore users, WatchIndex index) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        users.Ended += Cut;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        users.Ended -= Cut;
        return Task.CompletedTask;
    }

    private void Cut(string user)
    {
        foreach (var connection in index.All().Where(c => c.User == user))
        {
            connection.Abort();
        }
    }
}
