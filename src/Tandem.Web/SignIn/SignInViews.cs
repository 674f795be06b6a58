using Microsoft.AspNetCore.Http;

namespace Tandem.Web.SignIn;

/// <summary>What a sign-in page shows.</summary>
internal sealed record SignInView
{
    /// <summary>Where to go on to; a path of this server.</summary>
    public string Return { get; init; } = "/";

    /// <summary>The name that was entered.</summary>
    public string Name { get; init; } = "";

    /// <summary>What went wrong, with the remedy, or null.</summary>
    public string? Error { get; init; }

    /// <summary>The code of a link that is not used up yet, and what it is for; null where no link was followed.</summary>
    public (string Code, string UserName, bool MustChoosePassword)? Link { get; init; }

    public int Status { get; init; } = StatusCodes.Status200OK;
}

/// <summary>The sign-in pages, which the ready-made application brings; without it there are none, and answers are plain text.</summary>
internal sealed class SignInViews
{
    public Func<HttpContext, SignInView, IResult> Show { get; set; } =
        (_, view) => Results.Text(view.Error ?? "Sign in with a token in the header Authorization, or by the form of your application.", statusCode: view.Status);
}
