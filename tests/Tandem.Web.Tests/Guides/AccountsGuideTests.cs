using System.Security.Claims;
using Tandem.Access;

namespace Tandem.Web.Tests.Guides;

public sealed class AccountsGuideTests
{
    [Fact]
    public async Task Options_OfTheGuide_AreTaken()
    {
        await using var server = await TandemServer.StartAsync(configure: tandem =>
        {
            AccountsGuide.Passwords(tandem);
            AccountsGuide.Provider(tandem, "secret");
        });
        Assert.Equal("bakers", server.Tandem.Options.SignIn.OpenId!.Groups["oven-team"]);
        Assert.Equal(16, server.Tandem.Options.SignIn.Passwords.MinimumLength);
    }

    [Fact]
    public void Principal_OfTheGuide_IsMapped()
    {
        var options = new TandemOptions();
        AccountsGuide.Brought(options);
        Claim[] claims = [new(ClaimTypes.Name, "Ann"), new(ClaimTypes.Role, "it")];
        var user = options.SignIn.FromPrincipal!(new ClaimsPrincipal(new ClaimsIdentity(claims, "test")));
        Assert.Equal((Role.Administrator, "it"), (user!.Role, user.Groups.Single()));
        Assert.Null(options.SignIn.FromPrincipal(new ClaimsPrincipal()));
    }
}
